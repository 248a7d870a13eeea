package main

import (
	"context"

	"github.com/rounds-field/rounds/sales"
)

// session signs in and out with the sync at rest: both may put another database into use, and none may be closed below a running
// sync.
type session struct{ desk *desk }

// SignIn signs in; where that fails, the sync goes on as before.
func (s session) SignIn(ctx context.Context, server, user, password string) error {
	return s.signIn(ctx, func() error { return s.desk.book.SignIn(ctx, server, user, password) })
}

// SignInMoved signs in at the new address of the user's server.
func (s session) SignInMoved(ctx context.Context, server, user, password string) error {
	return s.signIn(ctx, func() error {
		_, err := s.desk.book.SignInMoved(ctx, server, user, password)
		return err
	})
}

func (s session) signIn(ctx context.Context, signIn func() error) error {
	s.desk.stopSyncing()
	// What one user's window keeps must not be written into the next one's workbook.
	err := s.desk.state.freeze(ctx)
	if err == nil {
		err = signIn()
	}
	if err != nil {
		s.desk.state.thaw()
		s.desk.startSync()
	}
	return err
}

// SignOut signs out; where that fails, the sync goes on as before.
func (s session) SignOut(ctx context.Context) error {
	s.desk.stopSyncing()
	err := s.desk.book.SignOut(ctx)
	if err != nil {
		s.desk.startSync()
	}
	return err
}

// State is the state of syncing in the workbook in use.
func (s session) State(ctx context.Context) (sales.SyncState, error) { return s.desk.book.State(ctx) }
