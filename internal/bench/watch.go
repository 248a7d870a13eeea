package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"connectrpc.com/connect"
	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/syncpb"
)

// runs lets a device sync by itself until stop.
func (d *device) runs(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.Engine().Run(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

// editByHint is the time from saving on one device until another, which only waits, can show it: nobody asks for a sync.
func (b *bench) editByHint(ctx context.Context) error {
	other := b.colleague
	changed := make(chan struct{}, 1)
	other.Subscribe(func([]string) {
		select {
		case changed <- struct{}{}:
		default: // it is to look anyway
		}
	})
	defer b.rep.runs(ctx)()
	defer other.runs(ctx)()
	time.Sleep(time.Second) // both have settled, and wait
	partners, err := b.rep.List(ctx, sales.Query{Kind: "partner", Limit: 50})
	if err != nil {
		return err
	}
	run := time.Now().UnixMilli()
	got := make(times, 0, len(partners))
	for i, p := range partners {
		note := fmt.Sprintf("hinted %d in %d", i, run)
		begun := time.Now()
		if _, err := b.rep.Write(ctx, sales.Edit{Verb: sales.Update, Kind: "partner", ID: p.ID, Values: sales.Values{"address": note}}); err != nil {
			return err
		}
		for {
			seen, err := other.Get(ctx, "partner", p.ID)
			if err != nil {
				return err
			}
			if seen.Text("address") == note {
				break
			}
			select {
			case <-changed:
			case <-time.After(time.Minute):
				return errors.New("the edit did not arrive within a minute")
			}
		}
		got = append(got, time.Since(begun))
		time.Sleep(400 * time.Millisecond) // one edit now and then, as people work
	}
	slices.Sort(got)
	b.add("an edit to the other device by itself, hinted", "p50 ≤ 20, p95 ≤ 50 ms", "", "%s", got)
	return nil
}

// watched measures the server's memory while many devices watch, each on a connection of its own.
func (b *bench) watched(ctx context.Context) error {
	const n = 1000
	b.server.stop()
	tokens, err := b.giveTokens(ctx, n)
	if err != nil {
		return err
	}
	for _, version := range []int{1, 2} {
		b.server.stop()
		if err := b.restartServer(ctx); err != nil {
			return err
		}
		if err := b.watchedOver(ctx, version, tokens); err != nil {
			return err
		}
	}
	return nil
}

// giveTokens signs in as many devices as there are to be, without their passwords, which would take minutes to check.
func (b *bench) giveTokens(ctx context.Context, n int) (_ []string, err error) {
	j, err := b.journal(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	a, _, err := j.Account(ctx, boss)
	if err != nil {
		return nil, err
	}
	tokens := make([]string, n)
	for i := range tokens {
		tokens[i] = strings.ReplaceAll(uuid.NewString(), "-", "")
		hash := sha256.Sum256([]byte(tokens[i]))
		now := time.Now()
		err := j.AddToken(ctx, a, central.Token{
			ID: uuid.NewString(), Hash: hash[:], UserID: a.UserID, Purpose: central.TokenDevice, Device: fmt.Sprint("bench ", i), Incarnation: uuid.NewString(),
			Created: now, Used: now, Expires: now.Add(90 * 24 * time.Hour),
		})
		if err != nil {
			return nil, err
		}
	}
	return tokens, nil
}

func (b *bench) watchedOver(ctx context.Context, version int, tokens []string) error {
	before, err := b.server.memory()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var protocols http.Protocols
	protocols.SetHTTP1(version == 1)
	protocols.SetUnencryptedHTTP2(version == 2)
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	stands, hinted, failed := make(chan struct{}, len(tokens)), make(chan time.Time, len(tokens)), make(chan error, len(tokens))
	slots := make(chan struct{}, 50)
	for _, token := range tokens {
		group.Go(func() {
			transport := &http.Transport{DialContext: (&net.Dialer{}).DialContext, Protocols: &protocols}
			defer transport.CloseIdleConnections()
			rpc := syncpb.NewSyncServiceClient(&http.Client{Transport: transport}, "http://"+b.server.addr)
			req := connect.NewRequest(&syncpb.WatchRequest{})
			req.Header().Set("Authorization", "Bearer "+token)
			slots <- struct{}{}
			stream, err := rpc.Watch(ctx, req)
			ok := err == nil && stream.Receive()
			<-slots
			if !ok {
				failed <- errors.Join(err, errors.New("a stream did not come to stand"))
				return
			}
			stands <- struct{}{}
			for stream.Receive() {
				if stream.Msg().GetChanged() {
					hinted <- time.Now()
				}
			}
		})
	}
	for range tokens {
		select {
		case <-stands:
		case err := <-failed:
			return err
		}
	}
	mb, err := b.server.memory()
	if err != nil {
		return err
	}
	b.add(fmt.Sprintf("server: memory with %d devices watching, HTTP/%d", len(tokens), version), "≤ 200 MB", fmt.Sprintf("%.0f MB before", before), "%.0f MB (%.0f KB each)",
		mb, (mb-before)*1024/float64(len(tokens)))
	p, err := newPusher(ctx, b.server.addr, boss)
	if err != nil {
		return err
	}
	begun := time.Now()
	if err := p.push(ctx, 1); err != nil {
		return err
	}
	var got times
	for range tokens {
		select {
		case at := <-hinted:
			got = append(got, at.Sub(begun))
		case <-time.After(10 * time.Second):
			return fmt.Errorf("only %d of %d devices were told", len(got), len(tokens))
		}
	}
	slices.Sort(got)
	b.add("… from a push that all of them see to their hints", "", "", "%s, last %.1f ms", got, ms(got[len(got)-1]))
	return nil
}
