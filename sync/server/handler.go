package server

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"

	"connectrpc.com/connect"
	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/syncpb"
	"github.com/rounds-field/rounds/sync/wire"
)

// Accounts establishes who calls. Errors for people are of type *sales.Error.
type Accounts interface {
	// SignIn trades a name and password for a device token. address is where the call comes from, for its limits.
	SignIn(ctx context.Context, req wire.SignInRequest, address string) (wire.SignInResponse, error)
	// Authenticate gives the caller that a token stands for, or an Error with CodeSignedOut.
	Authenticate(ctx context.Context, token string) (wire.Caller, error)
	// SignOut revokes a token.
	SignOut(ctx context.Context, token string) error
	// Refused notes that a caller sent a message that no honest device sends.
	Refused(ctx context.Context, caller wire.Caller, call, reason string) error
}

// Observer is told how each call ended; code is "" for success. It may be nil.
type Observer func(call, code string, records int)

// NewHandler serves the sync protocol over Connect: binary or JSON, plain, gzip or zstd. Every call works with curl as well:
//
//	curl -H 'Content-Type: application/json' -d '{"user":"li.na","password":"…","device":"curl","incarnation":"AZ0c2mV4cJ6BqQABAgMEBQ=="}' \
//	    http://127.0.0.1:7420/rounds.sync.v1.SyncService/SignIn
//	curl -H 'Content-Type: application/json' -H "Authorization: Bearer $TOKEN" -d '{"limit":10}' \
//	    http://127.0.0.1:7420/rounds.sync.v1.SyncService/Pull
//
// Ids are 16 bytes in base64, as JSON writes Protobuf bytes.
func NewHandler(service *Service, accounts Accounts, log *slog.Logger, observe Observer) *Handler {
	if observe == nil {
		observe = func(string, string, int) {}
	}
	h := &Handler{service: service, accounts: accounts, log: log, observe: observe, hub: newHub(service.journal, service.limits, log)}
	limited := func(bytes int) (string, http.Handler) {
		return syncpb.NewSyncServiceHandler(
			h,
			connect.WithCodec(binary{service.limits}),
			connect.WithCodec(readable{"json", service.limits}),
			connect.WithCodec(readable{"json; charset=utf-8", service.limits}),
			connect.WithCompression(wire.Zstd, wire.NewDecompressor, wire.NewCompressor),
			connect.WithCompressMinBytes(512),
			connect.WithReadMaxBytes(bytes),
			connect.WithRecover(h.recovered),
		)
	}
	mux := http.NewServeMux()
	path, calls := limited(service.limits.MessageBytes)
	mux.Handle(path, h.signedIn(h.inTurn(h.noted(calls))))
	mux.Handle(syncpb.SyncServiceWatchProcedure, h.signedIn(unhurried(calls)))
	_, short := limited(strangersBytes)
	mux.Handle(syncpb.SyncServiceSignInProcedure, short)
	mux.Handle(syncpb.SyncServiceSignOutProcedure, short)
	h.mux = mux
	return h
}

// Handler is the sync protocol over HTTP.
type Handler struct {
	syncpb.UnimplementedSyncServiceHandler
	service  *Service
	accounts Accounts
	log      *slog.Logger
	observe  Observer
	hub      *hub
	turns    turns
	mux      *http.ServeMux
}

// ServeHTTP answers one call.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// Stop ends the streams of all watchers, which would otherwise last, and takes no new ones; for a server that stops.
func (h *Handler) Stop() { h.hub.stop() }

// Watchers is the number of devices that watch now.
func (h *Handler) Watchers() int { return h.hub.watchers() }

var _ syncpb.SyncServiceHandler = (*Handler)(nil)

// recovered answers for a call that panicked; the server goes on.
func (h *Handler) recovered(ctx context.Context, spec connect.Spec, _ http.Header, p any) error {
	h.log.ErrorContext(ctx, "panic in a call", "call", spec.Procedure, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	return connect.NewError(connect.CodeInternal, fmt.Errorf("a fault of the server; it is in its log"))
}

// SignIn trades a user name and password for a device token.
func (h *Handler) SignIn(ctx context.Context, r *connect.Request[syncpb.SignInRequest]) (*connect.Response[syncpb.SignInResponse], error) {
	m := r.Msg
	inc, err := uuid.FromBytes(m.GetIncarnation())
	if err != nil || inc == uuid.Nil {
		return nil, h.end(ctx, "SignIn", &sales.Error{Code: sales.CodeInvalid, Message: "sign in: incarnation is not 16 bytes", Hint: "update the program"}, 0)
	}
	resp, err := h.accounts.SignIn(ctx, wire.SignInRequest{
		User: m.GetUser(), Password: m.GetPassword(), Device: clip(m.GetDevice(), 100), Incarnation: inc.String(),
	}, addressOf(r.Peer().Addr, r.Header()))
	if err := h.end(ctx, "SignIn", err, 0); err != nil {
		return nil, err
	}
	return connect.NewResponse(&syncpb.SignInResponse{
		Token: resp.Token, UserId: idBytes(resp.UserID), User: resp.User, DisplayName: resp.DisplayName, Role: string(resp.Role), Organisation: idBytes(resp.Organisation),
	}), nil
}

// SignOut revokes the caller's token.
func (h *Handler) SignOut(ctx context.Context, r *connect.Request[syncpb.SignOutRequest]) (*connect.Response[syncpb.SignOutResponse], error) {
	if err := h.end(ctx, "SignOut", h.accounts.SignOut(ctx, bearer(r.Header())), 0); err != nil {
		return nil, err
	}
	return connect.NewResponse(&syncpb.SignOutResponse{}), nil
}

// Push takes a batch of changes.
func (h *Handler) Push(ctx context.Context, r *connect.Request[syncpb.PushRequest]) (*connect.Response[syncpb.PushResponse], error) {
	var resp wire.PushResponse
	caller, err := h.accounts.Authenticate(ctx, bearer(r.Header()))
	changes, problem := wire.Packed(r.Msg)
	switch {
	case err != nil:
	case changes > h.service.limits.Changes:
		err = tooMany("push", changes, "changes", h.service.limits.Changes)
	case problem != "":
		err = &sales.Error{Code: sales.CodeInvalid, Message: "push: " + problem, Hint: "update the program"}
	}
	if err == nil {
		resp, err = h.service.Push(ctx, caller, wire.DecodePush(r.Msg))
	}
	if err := h.end(ctx, "Push", err, changes); err != nil {
		return nil, err
	}
	return connect.NewResponse(wire.EncodePushed(resp, r.Msg.GetPacked() != nil)), nil
}

// Pull gives a page.
func (h *Handler) Pull(ctx context.Context, r *connect.Request[syncpb.PullRequest]) (*connect.Response[syncpb.PullResponse], error) {
	var resp wire.PullResponse
	caller, err := h.accounts.Authenticate(ctx, bearer(r.Header()))
	if err == nil {
		resp, err = h.service.Pull(ctx, caller, wire.DecodePull(r.Msg))
	}
	if err := h.end(ctx, "Pull", err, len(resp.Records)); err != nil {
		return nil, err
	}
	return connect.NewResponse(wire.EncodePage(resp)), nil
}

// Repair tells what is in one bucket.
func (h *Handler) Repair(ctx context.Context, r *connect.Request[syncpb.RepairRequest]) (*connect.Response[syncpb.RepairResponse], error) {
	var resp wire.RepairResponse
	caller, err := h.accounts.Authenticate(ctx, bearer(r.Header()))
	if err == nil {
		resp, err = h.service.Repair(ctx, caller, wire.DecodeRepair(r.Msg))
	}
	if err := h.end(ctx, "Repair", err, len(resp.Records)); err != nil {
		return nil, err
	}
	return connect.NewResponse(wire.EncodeRepaired(resp)), nil
}

// History gives the life of one record.
func (h *Handler) History(ctx context.Context, r *connect.Request[syncpb.HistoryRequest]) (*connect.Response[syncpb.HistoryResponse], error) {
	var entries []sales.HistoryEntry
	kind := ""
	caller, err := h.accounts.Authenticate(ctx, bearer(r.Header()))
	if err == nil {
		k, ok := sales.KindNumbered(int(r.Msg.GetKind()))
		id, idErr := uuid.FromBytes(r.Msg.GetId())
		if !ok || idErr != nil {
			err = &sales.Error{Code: sales.CodeInvalid, Message: "history: the kind or the id is malformed", Hint: "update the program"}
		} else {
			kind = k.Name
			entries, err = h.service.History(ctx, caller, kind, id.String())
		}
	}
	if err := h.end(ctx, "History", err, len(entries)); err != nil {
		return nil, err
	}
	return connect.NewResponse(wire.EncodeHistory(kind, entries)), nil
}

// bearer is the token of a call, "" when there is none.
func bearer(header http.Header) string {
	scheme, token, _ := strings.Cut(header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// addressOf is where a call comes from; a proxy on this computer is believed.
func addressOf(peer string, header http.Header) string {
	host, _, err := net.SplitHostPort(peer)
	if err != nil {
		host = peer
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		list := strings.Split(header.Get("X-Forwarded-For"), ",")
		if last := strings.TrimSpace(list[len(list)-1]); last != "" {
			return last
		}
	}
	return host
}

func clip(s string, limit int) string {
	s = strings.ToValidUTF8(s, "")
	for i := range s {
		if i >= limit {
			return s[:i]
		}
	}
	return s
}

func idBytes(id string) []byte {
	u, err := uuid.Parse(id)
	if err != nil {
		return nil
	}
	return u[:]
}
