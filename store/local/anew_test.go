package local

import (
	"testing"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// onPartner publishes a partner with values of somebody else and gives its id.
func onPartner(t *testing.T, s *Store, f *fakeServer, values sales.Values) string {
	t.Helper()
	id := sales.NewID()
	publish(t, s, f.page(f.set("t:11", "partner", id, sales.Apply(sales.Values{"name": "p"}, values))))
	return id
}

// lose lets the server forget what it took, as after a restore, and gives what is sent again.
func lose(t *testing.T, s *Store, n int) []wire.Change {
	t.Helper()
	if got, err := s.Resend(t.Context()); err != nil || got != n {
		t.Fatal(got, err)
	}
	return mustUnsent(t, s)
}

func retry(t *testing.T, s *Store, c wire.Change) []wire.Change {
	t.Helper()
	if err := s.Retry(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	return mustUnsent(t, s)
}

// saidOf gives what changes say of a field.
func saidOf(t *testing.T, kind, field string, changes []wire.Change) []wire.FieldEdit {
	t.Helper()
	f, ok := sales.MustKind(kind).Field(field)
	if !ok {
		t.Fatal(field)
	}
	var out []wire.FieldEdit
	for _, c := range changes {
		for _, e := range c.Fields {
			if e.Number == f.Number {
				out = append(out, e)
			}
		}
	}
	return out
}

func wantPartner(t *testing.T, s *Store, id, field string, want any) {
	t.Helper()
	r, err := s.Get(t.Context(), "partner", id)
	if err != nil || !sales.Same(r.Values[field], want) {
		t.Errorf("%s is %v, want %v (%v)", field, r.Values[field], want, err)
	}
}

// An edit was refused, a later one of the same field is on its way. Mending another field leaves what the later one says in sight.
func TestMendingARefusedEditLeavesWhatALaterOneSays(t *testing.T) {
	for name, c := range map[string]struct {
		field               string
		begun, first, later any
	}{
		"a member taken away and put back": {"tags", []string{"x"}, []string{"y"}, []string{"x", "y"}},
		"a member taken away again":        {"tags", []string{}, []string{"wrong"}, []string{}},
		"a line added":                     {"notes", "A", "A\nB", "A\nB\nC"},
		"a word changed twice":             {"notes", "meet at ten", "meet at eleven", "meet at noon"},
		"a value changed twice":            {"phone", "0", "1", "2"},
	} {
		t.Run(name, func(t *testing.T) {
			s, f := openTest(t), newFakeServer()
			id := onPartner(t, s, f, sales.Values{c.field: c.begun})
			mustWrite(t, s, update("partner", id, sales.Values{c.field: c.first}))
			refused := mustUnsent(t, s)[0]
			mustWrite(t, s, update("partner", id, sales.Values{c.field: c.later}))
			mustUnsent(t, s)
			refuse(t, s, refused)
			mustWrite(t, s, update("partner", id, sales.Values{"address": "1 Harbour Road"}))
			wantPartner(t, s, id, c.field, c.later)
			healthy(t, s)
		})
	}
}

// A field that the user put back before the rest is mended is not sent: a colleague may have written it meanwhile.
func TestWhatWasPutBackIsNotSaidByMendingAnotherField(t *testing.T) {
	for field, values := range map[string][2]any{"phone": {"0", "1"}, "notes": {"0", "1"}, "tags": {[]string{"a"}, []string{"a", "b"}}} {
		t.Run(field, func(t *testing.T) {
			s, f := openTest(t), newFakeServer()
			id := onPartner(t, s, f, sales.Values{field: values[0]})
			mustWrite(t, s, update("partner", id, sales.Values{field: values[1], "region_code": "99"}))
			mustWrite(t, s, update("partner", id, sales.Values{field: values[0]}))
			sent := mustUnsent(t, s)
			refuse(t, s, sent[0])
			hold(t, s, sent[1])
			mustWrite(t, s, update("partner", id, sales.Values{"region_code": "11"}))
			if said := saidOf(t, "partner", field, mustUnsent(t, s)); len(said) > 0 {
				t.Errorf("said: %+v", said)
			}
			healthy(t, s)
		})
	}
}

// What a restored server lost and then refused comes again against the value that its author had seen, not against the colleague's later one: whose loses is told.
func TestWhatARestoredServerLostIsSaidAgainstWhatItsAuthorHadSeen(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := onPartner(t, s, f, sales.Values{"phone": "0"})
	phone, _ := sales.MustKind("partner").Field("phone")
	seen := f.stamp(id, phone.Number)
	for _, value := range []string{"1", "2"} {
		mustWrite(t, s, update("partner", id, sales.Values{"phone": value}))
		onServer(t, s, f)
	}
	publish(t, s, f.page(f.set("t:11", "partner", id, sales.Values{"phone": "9"})))
	sent := lose(t, s, 2)
	refuse(t, s, sent[0])
	hold(t, s, sent[1])
	wantPartner(t, s, id, "phone", "9")
	if said := saidOf(t, "partner", "phone", retry(t, s, sent[0])); len(said) != 1 || said[0].Value != "2" || said[0].Base != seen {
		t.Errorf("said: %+v; the author had seen %v", said, seen)
	}
	healthy(t, s)
}

// The author's own later value stays, where the server took that one again.
func TestWhatARestoredServerRefusedDoesNotReplaceTheAuthorsLaterValue(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := onPartner(t, s, f, sales.Values{"phone": "0"})
	for _, phone := range []string{"1", "2"} {
		mustWrite(t, s, update("partner", id, sales.Values{"phone": phone}))
		onServer(t, s, f)
	}
	sent := lose(t, s, 2)
	refuse(t, s, sent[0])
	settle(t, s, wire.Verdict{ChangeID: sent[1].ID, Outcome: wire.Applied})
	publish(t, s, f.page(f.states[id]))
	mustWrite(t, s, update("partner", id, sales.Values{"address": "1 Harbour Road"}))
	wantPartner(t, s, id, "phone", "2")
	if said := saidOf(t, "partner", "phone", mustUnsent(t, s)); len(said) > 0 {
		t.Errorf("said: %+v", said)
	}
}

// Of several edits of a set that a restored server lost, all are said again.
func TestAllThatWasDoneToASetIsSaidAgain(t *testing.T) {
	for name, second := range map[string][]string{"another added": {"x", "y"}, "taken away": {}} {
		t.Run(name, func(t *testing.T) {
			s, f := openTest(t), newFakeServer()
			id := onPartner(t, s, f, nil)
			for _, tags := range [][]string{{"x"}, second} {
				mustWrite(t, s, update("partner", id, sales.Values{"tags": tags}))
				onServer(t, s, f)
			}
			sent := lose(t, s, 2)
			refuse(t, s, sent[0])
			hold(t, s, sent[1])
			var got any
			for _, e := range saidOf(t, "partner", "tags", retry(t, s, sent[0])) {
				got = mergeSet(got, e)
			}
			if !sales.Same(got, second) {
				t.Errorf("the restored server will hold %v, want %v", got, second)
			}
		})
	}
}

// Undoing what was said again gives back what was there before it was written.
func TestUndoingWhatWasSaidAgainGivesBackWhatWasThere(t *testing.T) {
	for field, values := range map[string][2]any{"phone": {"0", "1"}, "tags": {[]string{"a", "b"}, []string{"a", "b", "c"}}} {
		t.Run(field, func(t *testing.T) {
			s, f := openTest(t), newFakeServer()
			id := onPartner(t, s, f, sales.Values{field: values[0]})
			mustWrite(t, s, update("partner", id, sales.Values{field: values[1]}))
			onServer(t, s, f)
			sent := lose(t, s, 1)
			refuse(t, s, sent[0])
			if err := s.Undo(t.Context(), retry(t, s, sent[0])[0].ID); err != nil {
				t.Fatal(err)
			}
			wantPartner(t, s, id, field, values[0])
		})
	}
}

// A creation that a restored server lost stays one, however often it is refused.
func TestACreationThatARestoredServerLostStaysOne(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := mustWrite(t, s, sales.CreateOf(sales.Task{Title: "t"}))[0]
	onServer(t, s, f)
	sent := lose(t, s, 1)
	for range 3 {
		if len(sent) != 1 || sent[0].RecordID != id || sent[0].Verb != sales.Create {
			t.Fatalf("sent: %+v", sent)
		}
		refuse(t, s, sent[0])
		sent = retry(t, s, sent[0])
	}
	healthy(t, s)
}

// The record was deleted elsewhere, the first of two edits came back: the record that is made anew holds what its author wrote.
func TestARecordThatIsMadeAnewHoldsWhatItsAuthorWrote(t *testing.T) {
	s, f := openTest(t), newFakeServer()
	id := onPartner(t, s, f, sales.Values{"phone": "0"})
	mustWrite(t, s, update("partner", id, sales.Values{"phone": "1"}))
	refused := mustUnsent(t, s)[0]
	mustWrite(t, s, update("partner", id, sales.Values{"phone": "2"}))
	mustUnsent(t, s)
	st := f.states[id]
	f.seq++
	st.Deleted, st.Seq = true, f.seq
	f.states[id] = st
	publish(t, s, f.page(st))
	settle(t, s, wire.Verdict{ChangeID: refused.ID, Outcome: wire.Rejected, Code: sales.CodeGone, Message: "gone"})
	retry(t, s, refused)
	list, err := s.List(t.Context(), sales.Query{Kind: "partner"})
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	for _, r := range list {
		if phone := r.Text("phone"); phone != "1" && phone != "2" {
			t.Errorf("made anew with the phone %q", phone)
		}
	}
}

// The fields of a group are said together, over one value that their author had seen, also where a colleague wrote the same into one or both of them meanwhile.
func TestAGroupIsSaidAgainWhole(t *testing.T) {
	for name, c := range map[string]struct{ begun, first, second, meanwhile sales.Values }{
		"one field was set, and is the same": {sales.Values{"amount": int64(1)}, sales.Values{"amount": int64(5)}, nil, sales.Values{"amount": int64(5)}},
		"one of two is the same": {
			sales.Values{"amount": int64(1), "currency": "CNY"}, sales.Values{"amount": int64(5), "currency": "EUR"}, sales.Values{"currency": "USD"}, sales.Values{"amount": int64(5)},
		},
		"both are the same": {
			sales.Values{"amount": int64(1), "currency": "CNY"},
			sales.Values{"amount": int64(5), "currency": "EUR"},
			sales.Values{"currency": "USD"},
			sales.Values{"amount": int64(5), "currency": "USD"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, f := openTest(t), newFakeServer()
			id := sales.NewID()
			publish(t, s, f.page(f.set("t:11", "opportunity", id, sales.Apply(sales.Values{"name": "o", "stage": "prospect"}, c.begun))))
			mustWrite(t, s, update("opportunity", id, c.first))
			if c.second != nil {
				mustWrite(t, s, update("opportunity", id, c.second))
			}
			sent := mustUnsent(t, s)
			refuse(t, s, sent[0])
			hold(t, s, sent[1:]...)
			publish(t, s, f.page(f.set("t:11", "opportunity", id, c.meanwhile)))
			again := retry(t, s, sent[0])
			amount, currency := saidOf(t, "opportunity", "amount", again), saidOf(t, "opportunity", "currency", again)
			if len(amount) != len(currency) {
				t.Fatalf("said in part: %+v", again)
			}
			want := sales.Apply(c.first, c.second)
			for i := range amount {
				if !sales.Same(amount[i].Value, want["amount"]) || !sales.Same(currency[i].Value, want["currency"]) {
					t.Errorf("said: %+v", again)
				}
			}
		})
	}
}
