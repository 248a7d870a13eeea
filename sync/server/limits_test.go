package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"connectrpc.com/connect"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/syncpb"
	"github.com/rounds-field/rounds/sync/wire"
)

// pipes is a network within one process, whose time a bubble can make.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	p.conns <- there
	return here, nil
}

// quiet is a journal of which only the feed is asked.
type quiet struct {
	Journal
	feed *fakeFeed
}

func (q quiet) OnCommit(f func(string, []wire.Cursor)) func()    { return q.feed.OnCommit(f) }
func (q quiet) Head(ctx context.Context) (int64, error)          { return q.feed.Head(ctx) }
func (q quiet) Heads(ctx context.Context) ([]wire.Cursor, error) { return q.feed.Heads(ctx) }

func (q quiet) Territories(ctx context.Context) (sales.TerritoryTree, error) {
	return q.feed.Territories(ctx)
}

// anybody may sign in.
type anybody struct{ Accounts }

func (anybody) Authenticate(context.Context, string) (wire.Caller, error) { return rep("ann"), nil }

// The time limits of ordinary calls do not cut a stream, over HTTP/1.1 and HTTP/2.
func TestAStreamOutlivesTheTimeLimitsOfCalls(t *testing.T) {
	for _, version := range []int{1, 2} {
		synctest.Test(t, func(t *testing.T) {
			var protocols http.Protocols
			protocols.SetHTTP1(version == 1)
			protocols.SetUnencryptedHTTP2(version == 2)
			feed := newFeed("o")
			h := NewHandler(New(quiet{feed: feed}, Limits{}), anybody{}, slog.New(slog.DiscardHandler), nil)
			p := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
			hs := &http.Server{Handler: h, Protocols: &protocols, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Minute, WriteTimeout: 20 * time.Minute, IdleTimeout: 2 * time.Minute}
			served := make(chan error, 1)
			go func() { served <- hs.Serve(p) }()
			transport := &http.Transport{DialContext: p.dial, Protocols: &protocols}
			rpc := syncpb.NewSyncServiceClient(&http.Client{Transport: transport}, "http://pipe")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			stream, err := rpc.Watch(ctx, connect.NewRequest(&syncpb.WatchRequest{}))
			if err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			for time.Since(begun) < 3*time.Hour {
				if !stream.Receive() {
					t.Fatalf("HTTP/%d: cut after %v: %v", version, time.Since(begun), stream.Err())
				}
			}
			feed.commit("other", "o")
			if !stream.Receive() || !stream.Msg().GetChanged() {
				t.Errorf("HTTP/%d: no hint after three hours: %v", version, stream.Err())
			}
			h.Stop()
			for stream.Receive() {
				continue
			}
			if connect.CodeOf(stream.Err()) != connect.CodeUnavailable {
				t.Errorf("HTTP/%d: the stop is told as %v", version, stream.Err())
			}
			if err := hs.Shutdown(t.Context()); err != nil {
				t.Errorf("HTTP/%d: shut down: %v", version, err)
			}
			if err := <-served; !errors.Is(err, http.ErrServerClosed) {
				t.Errorf("served: %v", err)
			}
			transport.CloseIdleConnections()
		})
	}
}
