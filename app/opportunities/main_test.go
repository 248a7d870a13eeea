package opportunities

import (
	"testing"

	"github.com/rounds-field/rounds/internal/uitest"
)

func TestMain(m *testing.M) { uitest.Main(m) }
