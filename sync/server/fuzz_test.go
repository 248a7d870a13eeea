package server_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/syncpb"
	"github.com/rounds-field/rounds/sync/wire"
)

// target throws bytes at one call of a server, which has to answer with a result or a refusal and be well afterwards.
type target struct {
	*site
	token string
	runs  int
}

func newTarget(f *testing.F) *target {
	one := &target{site: newSite(f, server.Limits{MessageBytes: 1 << 20, Changes: 50, Cursors: 50})}
	_, who, _ := one.signIn()
	one.token = who.Token
	return one
}

// seed adds a message in both of its forms.
func seed(f *testing.F, messages ...proto.Message) {
	f.Helper()
	for _, m := range messages {
		b, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		if b, err = protojson.Marshal(m); err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(nil))
	f.Add([]byte("{}"))
	f.Add([]byte("\x12\x04\x0a\x02\xff\xff"))
	f.Add([]byte{0x0a, 0x10, 0, 1, 2, 3})
	f.Add(bytes.Repeat([]byte{0x12, 0x00}, 60))
	f.Add(bytes.Repeat([]byte{0x12, 0x02, 0x20, 0x06}, 40))
	f.Add([]byte(strings.Repeat(`{"changes":[`, 100)))
	f.Add([]byte(`{"changes":[` + strings.Repeat(`{},`, 60) + `{}]}`))
}

func (s *target) throw(t *testing.T, call string, body []byte) {
	one := *s.site
	one.t = t
	for _, contentType := range []string{"application/proto", "application/json"} {
		if status, answer := one.post(call, contentType, s.token, body); status >= http.StatusInternalServerError {
			t.Errorf("%s as %s: %d %s", call, contentType, status, answer)
		}
	}
	s.well(t, &one)
}

// well looks whether the server is unharmed.
func (s *target) well(t *testing.T, one *site) {
	t.Helper()
	if log := s.log.String(); strings.Contains(log, "panic") || strings.Contains(log, "level=ERROR") {
		t.Error(log)
	}
	s.log.Reset()
	if status, answer := one.post("Pull", "application/json", s.token, []byte(`{"limit":1}`)); status != http.StatusOK {
		t.Errorf("afterwards: %d %s", status, answer)
	}
	if s.runs++; s.runs%500 == 1 {
		if wrong, err := s.journal.Verify(t.Context()); err != nil || len(wrong) > 0 {
			t.Errorf("the database is damaged: %v, %v", wrong, err)
		}
	}
}

func FuzzPush(f *testing.F) {
	s := newTarget(f)
	inc := uuid.NewString()
	plain := &syncpb.PushRequest{}
	edit := partner(3, "B")
	edit.Verb, edit.Fields[0].Base = sales.Update, hlc.Stamp{HLC: 5, Node: 6}
	edit.Fields = append(edit.Fields, wire.FieldEdit{Number: 15, Value: []string{"a"}, Added: []string{"a"}, Removed: []string{"b"}}, wire.FieldEdit{Number: 12, Value: int64(5), Delta: 5})
	gone := partner(4, "")
	gone.Verb, gone.Base, gone.Fields = sales.Delete, hlc.Stamp{HLC: 5, Node: 6}, nil
	changes := []wire.Change{partner(1, "A"), edit, gone}
	for i := range changes {
		plain.Changes = append(plain.Changes, wire.EncodeChange(&changes[i]))
	}
	seed(f, plain, wire.EncodePush(wire.PushRequest{Incarnation: inc, Changes: changes}))
	f.Fuzz(func(t *testing.T, body []byte) { s.throw(t, "Push", body) })
}

func FuzzPull(f *testing.F) {
	s := newTarget(f)
	cursors := []wire.Cursor{{Bucket: "o", Epoch: 1, Seq: 2, Chain: 3}, {Bucket: "t:", Epoch: 1, Seq: 1 << 62, Chain: 3}, {Bucket: "u:nobody"}}
	digests := wire.DigestsOf(cursors)
	seed(f, wire.EncodePull(wire.PullRequest{Cursors: cursors, Limit: 5}), wire.EncodePull(wire.PullRequest{Brief: true, Digests: digests[:], Slots: []int{1, 2, 900}}))
	f.Fuzz(func(t *testing.T, body []byte) { s.throw(t, "Pull", body) })
}

func FuzzRepair(f *testing.F) {
	s := newTarget(f)
	seed(f, wire.EncodeRepair(wire.RepairRequest{Bucket: "o"}), wire.EncodeRepair(wire.RepairRequest{Bucket: "o", Slots: []int{0, 255, 256}}),
		wire.EncodeRepair(wire.RepairRequest{Bucket: "o", Records: []string{sales.NewID()}}))
	f.Fuzz(func(t *testing.T, body []byte) { s.throw(t, "Repair", body) })
}

func FuzzHistory(f *testing.F) {
	s := newTarget(f)
	id := uuid.New()
	seed(f, &syncpb.HistoryRequest{Kind: 6, Id: id[:]}, &syncpb.HistoryRequest{Kind: 1 << 31, Id: id[:5]})
	f.Fuzz(func(t *testing.T, body []byte) { s.throw(t, "History", body) })
}

func FuzzSignOut(f *testing.F) {
	s := newTarget(f)
	seed(f, &syncpb.SignOutRequest{})
	f.Fuzz(func(t *testing.T, body []byte) {
		one := *s.site
		one.t = t
		for _, contentType := range []string{"application/proto", "application/json"} {
			if status, answer := one.post("SignOut", contentType, "no token", body); status >= http.StatusInternalServerError {
				t.Errorf("as %s: %d %s", contentType, status, answer)
			}
		}
		s.well(t, &one)
	})
}

// FuzzChange sends changes that are well-formed on the wire and nonsense otherwise, through the client. Each gets its verdict.
func FuzzChange(f *testing.F) {
	s := newTarget(f)
	f.Add(uint8(6), uint8(1), uint16(2), "A", int64(0), uint8(0), uint64(1)<<40, uint64(1), uint64(0), []byte("0123456789abcdef"))
	f.Add(uint8(2), uint8(1), uint16(3), "admin", int64(0), uint8(0), uint64(1)<<63, uint64(9), uint64(7), []byte("0123456789abcdef"))
	f.Add(uint8(6), uint8(2), uint16(16), "≠ a\n≠ b", int64(-1), uint8(1), ^uint64(0), uint64(0), ^uint64(0), []byte{})
	f.Add(uint8(26), uint8(3), uint16(900), "\xff\x00", int64(5), uint8(2), uint64(0), ^uint64(0), uint64(1), []byte("x"))
	f.Add(uint8(255), uint8(0), uint16(0), "", int64(5), uint8(3), uint64(0), uint64(1), uint64(1), []byte("0123456789abcdef"))
	records := []string{sales.NewID(), sales.NewID()}
	incarnation := uuid.NewString()
	f.Fuzz(func(t *testing.T, kind, verb uint8, number uint16, text string, n int64, form uint8, reading, counter, base uint64, id []byte) {
		one := *s.site
		one.t = t
		change := func(record string) *syncpb.Change {
			rec := uuid.MustParse(record)
			edit := &syncpb.FieldEdit{Number: uint32(number), Base: &syncpb.Stamp{Hlc: base, Node: base}, Delta: n}
			text := strings.ToValidUTF8(text, "?")
			switch form % 5 {
			case 0:
				edit.Value = &syncpb.Value{Value: &syncpb.Value_Text{Text: text}}
			case 1:
				edit.Value = &syncpb.Value{Value: &syncpb.Value_Number{Number: n}}
			case 2:
				edit.Value = &syncpb.Value{Value: &syncpb.Value_Set{Set: &syncpb.Texts{Items: []string{text, text}}}}
				edit.Added, edit.Removed = []string{text}, []string{text, ""}
			case 3:
				edit.Value = &syncpb.Value{Value: &syncpb.Value_Id{Id: id}}
			}
			fresh := uuid.New()
			return &syncpb.Change{
				Id: fresh[:], Counter: counter, Group: counter, Kind: uint32(kind), Record: rec[:], Verb: syncpb.Verb(verb), Hlc: reading, Schema: uint32(form),
				Base:   &syncpb.Stamp{Hlc: base},
				Fields: []*syncpb.FieldEdit{{Number: 2, Value: &syncpb.Value{Value: &syncpb.Value_Text{Text: "named"}}}, edit},
			}
		}
		inc := uuid.MustParse(incarnation)
		m := &syncpb.PushRequest{Incarnation: inc[:]}
		for _, r := range append(records, sales.NewID()) {
			m.Changes = append(m.Changes, change(r))
		}
		body, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		status, answer := one.post("Push", "application/proto", s.token, body)
		var resp syncpb.PushResponse
		if status != http.StatusOK {
			t.Fatalf("%d %s", status, answer)
		}
		if err := proto.Unmarshal([]byte(answer), &resp); err != nil || len(resp.GetVerdicts()) != len(m.GetChanges()) {
			t.Fatalf("%d verdicts for %d changes, %v", len(resp.GetVerdicts()), len(m.GetChanges()), err)
		}
		for _, v := range resp.GetVerdicts() {
			if v.GetOutcome() == syncpb.Outcome_OUTCOME_UNSPECIFIED || v.GetOutcome() == syncpb.Outcome_OUTCOME_REJECTED && v.GetMessage() == "" {
				t.Errorf("verdict %v", v)
			}
		}
		s.well(t, &one)
	})
}
