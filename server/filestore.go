package server

import (
	"context"
	"time"

	"github.com/rounds-field/rounds/server/files"
)

// fileCheck is how often the file store is tried while the server runs: seldom enough to cost next to nothing with those who are paid for each call.
const fileCheck = 30 * time.Second

// tryFiles tries the file store at the start. One that only other options or rights can mend ends the start: an administrator is there, and every file would fail. One that
// may come back by itself does not: the records sync without it, and files wait on their devices.
func (s *Server) tryFiles(ctx context.Context) error {
	err := s.files.Check(ctx)
	if err != nil && !files.Passing(err) {
		return err
	}
	s.noteFiles(ctx, err)
	return nil
}

// noteFiles keeps what a check found, and says when the file store goes and when it comes back.
func (s *Server) noteFiles(ctx context.Context, err error) {
	switch without := s.withoutFiles.Swap(err != nil); {
	case err != nil && !without:
		s.log.ErrorContext(ctx, "the file store cannot be used; records sync, and files wait on their devices", "error", err)
	case err == nil && without:
		s.log.InfoContext(ctx, "the file store can be used again")
	}
}

// watchFiles goes on trying until ctx ends.
func (s *Server) watchFiles(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.files.Check(ctx); ctx.Err() == nil {
				s.noteFiles(ctx, err)
			}
		}
	}
}
