package client

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/syncpb"
	"github.com/rounds-field/rounds/sync/wire"
)

// An answer to a sign-in that names no token, user or organisation is none of the server's, though it is a valid message.
func TestASignInThatNamesNobodyIsToldAsSomebodyElsesAnswer(t *testing.T) {
	id := uuid.New()
	whole := func() *syncpb.SignInResponse {
		return &syncpb.SignInResponse{Token: "t", UserId: id[:], User: "li.na", Role: "rep", Organisation: id[:]}
	}
	ask := func(m *syncpb.SignInResponse) (wire.SignInResponse, error) {
		t.Helper()
		b, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(page(200, "application/proto", string(b)))
		defer srv.Close()
		return clientOf(t, srv.URL).SignIn(t.Context(), wire.SignInRequest{User: "li.na", Password: "x", Incarnation: uuid.NewString()})
	}
	if r, err := ask(whole()); err != nil || r.UserID != id.String() || r.Organisation != id.String() {
		t.Fatalf("a whole answer gives %+v, %v", r, err)
	}
	for name, spoil := range map[string]func(m *syncpb.SignInResponse){
		"nothing":           func(m *syncpb.SignInResponse) { proto.Reset(m) },
		"no token":          func(m *syncpb.SignInResponse) { m.Token = "" },
		"no user":           func(m *syncpb.SignInResponse) { m.UserId = nil },
		"half a user":       func(m *syncpb.SignInResponse) { m.UserId = m.UserId[:8] },
		"no organisation":   func(m *syncpb.SignInResponse) { m.Organisation = nil },
		"no name of a user": func(m *syncpb.SignInResponse) { m.User = "" },
	} {
		m := whole()
		spoil(m)
		_, err := ask(m)
		var e *sales.Error
		if !errors.As(err, &e) || e.Code != sales.CodeOffline || e.Reason != sales.OfflineInterposed || e.Hint == "" || !strings.Contains(e.Message, "li.na") || e.Args["Server"] == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
