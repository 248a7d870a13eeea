package server_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/client"
	"github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/wire"
)

// listen watches with a client and gives what comes, and how it ended.
func listen(t *testing.T, c *client.Client) (messages chan bool, ended chan error) {
	t.Helper()
	messages, ended = make(chan bool, 100), make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	t.Cleanup(func() { cancel(); <-done })
	go func() {
		defer close(done)
		ended <- c.Watch(ctx, func(changed bool) { messages <- changed })
	}()
	return messages, ended
}

func TestAColleaguesEditIsHintedOverHTTP(t *testing.T) {
	s := newSite(t, server.Limits{})
	mine, _, inc := s.signIn()
	theirs, _, _ := s.signIn()
	messages, _ := listen(t, theirs)
	if <-messages {
		t.Fatal("the stream begins with a hint")
	}
	if _, err := mine.Push(t.Context(), wire.PushRequest{Incarnation: inc, Changes: []wire.Change{partner(1, "A")}}); err != nil {
		t.Fatal(err)
	}
	if !<-messages {
		t.Error("a sign of life in place of the hint")
	}
}

func TestWatchingNeedsASignIn(t *testing.T) {
	s := newSite(t, server.Limits{})
	c, err := client.New(s.url, "nonsense")
	if err != nil {
		t.Fatal(err)
	}
	_, ended := listen(t, c)
	if err := <-ended; !sales.HasCode(err, sales.CodeSignedOut) {
		t.Errorf("%v", err)
	}
}

func TestAServerThatStopsSaysSoOnItsStreams(t *testing.T) {
	s := newSite(t, server.Limits{})
	c, _, _ := s.signIn()
	messages, ended := listen(t, c)
	<-messages
	s.handler.Stop()
	if err := <-ended; !sales.HasCode(err, sales.CodeOffline) {
		t.Errorf("%v", err)
	}
	_, ended = listen(t, c)
	if err := <-ended; !sales.HasCode(err, sales.CodeOffline) {
		t.Errorf("a new stream: %v", err)
	}
}

func TestAnEarlierServerHasNoHints(t *testing.T) {
	s := newSite(t, server.Limits{})
	_, who, _ := s.signIn()
	old := http.NewServeMux()
	old.HandleFunc("/", http.NotFound)
	c, err := client.New(serve(t, old), who.Token)
	if err != nil {
		t.Fatal(err)
	}
	_, ended := listen(t, c)
	if err := <-ended; !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("%v", err)
	}
}
