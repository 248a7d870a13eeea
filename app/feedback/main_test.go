package feedback

import (
	"testing"
	"time"

	"github.com/rounds-field/rounds/internal/fakebook"
	"github.com/rounds-field/rounds/internal/uitest"
)

func TestMain(m *testing.M) { uitest.Main(m) }

func sampleNow() time.Time { return fakebook.SampleNow }
