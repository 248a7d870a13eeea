// Package client is the device's end of the wire: Connect over HTTP, with messages for people when the network or the server
// does not do what is hoped.
package client

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"

	"connectrpc.com/connect"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/syncpb"
	"github.com/rounds-field/rounds/sync/wire"

	"github.com/google/uuid"
)

// Client talks to one server for one signed-in user. It is safe for concurrent use.
type Client struct {
	rpc     syncpb.SyncServiceClient
	http    *http.Client
	server  string
	token   string
	traffic *traffic
}

// New makes a client for a server's address, such as https://rounds.example.com. An address without TLS is taken for this computer
// only. token may be empty for SignIn.
func New(server, token string) (*Client, error) {
	base, err := Address(server)
	if err != nil {
		return nil, err
	}
	t := &traffic{}
	hc := &http.Client{Transport: network(t)}
	rpc := syncpb.NewSyncServiceClient(hc, base, compression()...)
	return &Client{rpc: rpc, http: hc, server: base, token: token, traffic: t}, nil
}

// Address checks a server's address and gives its normal form.
func Address(server string) (string, error) {
	bad := func(message string) error {
		return &sales.Error{Code: sales.CodeInvalid, Message: "server address " + server + " " + message, Hint: "write it like https://rounds.example.com", Args: map[string]any{"Value": server}}
	}
	if !strings.Contains(server, "://") {
		server = "https://" + server
	}
	u, err := url.Parse(server)
	if err != nil || u.Host == "" || u.User != nil {
		return "", bad("is not an address")
	}
	switch u.Scheme {
	case "https":
	case "http":
		if !loopback(u.Hostname()) {
			return "", bad("has no TLS, and that is allowed on this computer only")
		}
	default:
		return "", bad("does not begin with https://")
	}
	return u.Scheme + "://" + host(u) + strings.TrimSuffix(u.Path, "/"), nil
}

// host is the host of an address as all its spellings have it in common: in small letters, without the port that the scheme stands for.
func host(u *url.URL) string {
	h := strings.ToLower(u.Host)
	if u.Port() == map[string]string{"https": "443", "http": "80"}[u.Scheme] {
		h = strings.TrimSuffix(h, ":"+u.Port())
	}
	return h
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// SignIn trades a user name and password for a device token.
func (c *Client) SignIn(ctx context.Context, r wire.SignInRequest) (wire.SignInResponse, error) {
	inc, err := uuid.Parse(r.Incarnation)
	if err != nil {
		return wire.SignInResponse{}, err
	}
	resp, err := c.rpc.SignIn(ctx, connect.NewRequest(&syncpb.SignInRequest{User: r.User, Password: r.Password, Device: r.Device, Incarnation: inc[:]}))
	if err != nil {
		return wire.SignInResponse{}, c.explain("sign in as "+r.User, err)
	}
	m := resp.Msg
	who := wire.SignInResponse{
		Token: m.GetToken(), UserID: idText(m.GetUserId()), User: m.GetUser(), DisplayName: m.GetDisplayName(),
		Role: sales.Role(m.GetRole()), Organisation: idText(m.GetOrganisation()),
	}
	if who.Token == "" || who.User == "" || who.UserID == "" || who.Organisation == "" { // an empty answer is a valid message, and names nobody
		return wire.SignInResponse{}, c.interposed("sign in as "+r.User, "the answer names nobody")
	}
	return who, nil
}

// interposed is the error of an answer that is a message of the protocol and yet none that the server would give.
func (c *Client) interposed(doing, what string) error {
	return &sales.Error{
		Code: sales.CodeOffline, Reason: sales.OfflineInterposed, Message: doing + " at " + c.server + ": " + what,
		Hint: hints[sales.OfflineInterposed], Args: map[string]any{"Server": c.server},
	}
}

// SignOut revokes the token on the server.
func (c *Client) SignOut(ctx context.Context) error {
	_, err := c.rpc.SignOut(ctx, authorised(c.token, &syncpb.SignOutRequest{}))
	return c.explain("sign out", err)
}

// Push offers changes; see replica.Transport.
func (c *Client) Push(ctx context.Context, r wire.PushRequest) (wire.PushResponse, error) {
	resp, err := c.rpc.Push(ctx, authorised(c.token, wire.EncodePush(r)))
	if err != nil {
		return wire.PushResponse{}, c.explain("push", err)
	}
	return wire.DecodePushed(resp.Msg, r.Changes), nil
}

// Pull fetches a page; see replica.Transport.
func (c *Client) Pull(ctx context.Context, r wire.PullRequest) (wire.PullResponse, error) {
	resp, err := c.rpc.Pull(ctx, authorised(c.token, wire.EncodePull(r)))
	if err != nil {
		return wire.PullResponse{}, c.explain("pull", err)
	}
	page := wire.DecodePage(resp.Msg)
	if page.HLC == 0 { // an empty answer is a valid message, and would say that the user sees nothing any more
		return wire.PullResponse{}, c.interposed("pull", "the answer is empty")
	}
	return page, nil
}

// Repair asks what the server has of one bucket; see replica.Transport.
func (c *Client) Repair(ctx context.Context, r wire.RepairRequest) (wire.RepairResponse, error) {
	resp, err := c.rpc.Repair(ctx, authorised(c.token, wire.EncodeRepair(r)))
	if err != nil {
		return wire.RepairResponse{}, c.explain("compare bucket "+r.Bucket, err)
	}
	out := wire.DecodeRepaired(resp.Msg)
	if out.Cursor.Bucket != r.Bucket {
		return wire.RepairResponse{}, c.interposed("compare bucket "+r.Bucket, "the answer is about another one")
	}
	return out, nil
}

// History fetches the life of one record; see replica.Transport.
func (c *Client) History(ctx context.Context, kind, id string) ([]sales.HistoryEntry, error) {
	k, ok := sales.KindNamed(kind)
	if !ok {
		return nil, &sales.Error{Code: sales.CodeUnknownKind, Message: "no kind of record is called " + kind}
	}
	u, err := uuid.Parse(id)
	if err != nil {
		return nil, &sales.Error{Code: sales.CodeInvalid, Kind: kind, Message: id + " is not an id", Hint: "give the record's id"}
	}
	resp, err := c.rpc.History(ctx, authorised(c.token, &syncpb.HistoryRequest{Kind: uint32(k.Number), Id: u[:]}))
	if err != nil {
		return nil, c.explain("read the history", err)
	}
	return wire.DecodeHistory(kind, resp.Msg), nil
}

// Traffic is the number of bytes sent and received on the network so far.
func (c *Client) Traffic() (out, in int64) { return c.traffic.out.Load(), c.traffic.in.Load() }

func authorised[T any](token string, m *T) *connect.Request[T] {
	r := connect.NewRequest(m)
	r.Header().Set("Authorization", "Bearer "+token)
	return r
}

func idText(b []byte) string {
	id, err := uuid.FromBytes(b)
	if err != nil {
		return ""
	}
	return id.String()
}
