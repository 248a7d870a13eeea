package files

import "time"

// SetClock has the store tell the time as a test says.
func (s *Store) SetClock(now func() time.Time) { s.now = now }
