package server_test

import (
	"net/http"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/wire"
)

// What does not fit together is refused as a whole, says what does not fit, and changes nothing.
func TestChangesInColumnsThatDoNotFitAreRefused(t *testing.T) {
	s := newSite(t, server.Limits{})
	c, in, inc := s.signIn()
	changes := []wire.Change{partner(1, "A"), partner(2, "B")}
	m := wire.EncodePush(wire.PushRequest{Incarnation: inc, Changes: changes})
	m.Packed.Verbs = m.GetPacked().GetVerbs()[:1]
	body, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	status, answer := s.post("Push", "application/proto", in.Token, body)
	if status != http.StatusBadRequest || !strings.Contains(answer, "the column verbs has 1 entries instead of 2") {
		t.Errorf("%d %s", status, answer)
	}
	resp, err := c.Push(t.Context(), wire.PushRequest{Incarnation: inc, Changes: changes})
	if err != nil || resp.Verdicts[0].Outcome != wire.Applied || resp.Verdicts[1].Outcome != wire.Applied {
		t.Errorf("afterwards: %+v, %v", resp, err)
	}
}
