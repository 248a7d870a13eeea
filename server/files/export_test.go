package files

import "time"

// SetClock has the store tell the time as a test says.
func (s *Store) SetClock(now func() time.Time) { s.now = now }

// Hanging has the store behave as if a check waited for a disk that does not answer, until it is over.
func (s *Store) Hanging() (over func()) {
	s.checking.Lock()
	return s.checking.Unlock
}
