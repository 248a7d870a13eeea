package syncing

import (
	"testing"

	"github.com/rounds-field/rounds/app/ui/uitest"
)

func TestMain(m *testing.M) { uitest.Main(m) }
