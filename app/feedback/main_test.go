package feedback

import (
	"testing"
	"time"

	"github.com/rounds-field/rounds/app/ui/uitest"
	"github.com/rounds-field/rounds/internal/fakebook"
)

func TestMain(m *testing.M) { uitest.Main(m) }

func sampleNow() time.Time { return fakebook.SampleNow }
