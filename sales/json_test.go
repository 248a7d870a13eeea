package sales

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func TestRecordSurvivesJSON(t *testing.T) {
	v := Visit{
		ID: anyID, PartnerID: anyID, VisitType: "routine", StartedAt: InstantOf(noon) + 5, Notes: "<价格> & \"交期\"\n第二行",
		ContactIDs: []string{anyID}, NextOn: "2026-12-01",
	}
	line := MarshalRecord(RecordOf(v), false)
	want := `{"id":"` + anyID + `","partner_id":"` + anyID + `","visit_type":"routine","started_at":"2026-11-23T12:00:00.005Z",` +
		`"notes":"<价格> & \"交期\"\n第二行","contact_ids":["` + anyID + `"],"next_on":"2026-12-01"}`
	if string(line) != want {
		t.Errorf("got  %s\nwant %s", line, want)
	}
	for _, all := range []bool{false, true} {
		id, values, err := UnmarshalValues("visit", MarshalRecord(RecordOf(v), all))
		if err != nil || id != anyID {
			t.Fatal(id, err)
		}
		if d := cmp.Diff(RecordOf(v).Values, Apply(nil, values)); d != "" {
			t.Errorf("all %v (-want +got):\n%s", all, d)
		}
	}
}

func TestJSONClearsByNullAndTakesLocalTimes(t *testing.T) {
	_, values, err := UnmarshalValues("visit", []byte(`{"notes":null,"planned_at":"2026-11-23 14:00","planned_end":"2026-11-24","next_on":"2026/12/1","contact_ids":["b","a","b"]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := Values{
		"notes": nil, "planned_at": time.Date(2026, 11, 23, 14, 0, 0, 0, time.Local).UnixMilli(),
		"planned_end": time.Date(2026, 11, 24, 0, 0, 0, 0, time.Local).UnixMilli(), "next_on": "2026-12-01", "contact_ids": []string{"a", "b"},
	}
	if d := cmp.Diff(want, values); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestJSONRefusesWhatDoesNotFit(t *testing.T) {
	for line, want := range map[string]string{
		`{"shoe_size":1}`:          "unknown_field shoe_size",
		`{"credit_limit":3.39}`:    "invalid credit_limit",
		`{"name":7}`:               "invalid name",
		`{"tags":"a"}`:             "invalid tags",
		`{"signed_on":"tomorrow"}`: "invalid signed_on",
		`{"id":"P1"}`:              "invalid id",
		`[]`:                       "invalid ",
		`null`:                     "invalid ",
	} {
		_, _, err := UnmarshalValues("partner", []byte(line))
		wantCodes(t, err, want)
	}
	_, _, err := UnmarshalValues("shoe", []byte(`{}`))
	wantCodes(t, err, "unknown_kind ")
}

func TestTextIsReadAsPeopleWriteIt(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	for _, c := range []struct {
		typ  Type
		text string
		want any
	}{
		{Int, " 1,234 ", int64(1234)},
		{Int, "6.0", int64(6)},
		{Int, "80%", int64(80)},
		{Int, "-3", int64(-3)},
		{Money, "3.39", int64(339)},
		{Money, "97.6", int64(9760)},
		{Money, "¥1,234", int64(123400)},
		{Money, "-0.05", int64(-5)},
		{Money, "(12.5)", int64(-1250)},
		{Money, "1.005", int64(101)},
		{Money, ".5", int64(50)},
		{Bool, "Yes", true},
		{Bool, "是", true},
		{Bool, "1", true},
		{Bool, "否", false},
		{Bool, "No", false},
		{Day, "2026-11-23", "2026-11-23"},
		{Day, "2026/1/2", "2026-01-02"},
		{Day, "20-10-2016", "2016-10-20"},
		{Day, "2026年11月23日", "2026-11-23"},
		{Day, "20261123", "2026-11-23"},
		{Day, "2026-11-23 14:00", "2026-11-23"},
		{Day, "2026.11.23", "2026-11-23"},
		{Time, "2026-11-23T20:00:00", noon.UnixMilli()},
		{Time, "2026-11-23T12:00:00Z", noon.UnixMilli()},
		{Time, "2026/11/23 20:00", noon.UnixMilli()},
		{Set, "b; a；b、c", []string{"a", "b", "c"}},
		{Text, "  x ", "x"},
		{Text, "  ", nil},
	} {
		got, err := ParseValue(&Field{Name: "f", Type: c.typ}, c.text, shanghai)
		if err != nil || !Same(got, c.want) {
			t.Errorf("%s %q: got %v, error %v; want %v", c.typ, c.text, got, err, c.want)
		}
	}
	stage, _ := MustKind("opportunity").Field("stage")
	if got, _ := ParseValue(stage, "Won", time.UTC); got != "won" {
		t.Errorf("option: %v", got)
	}
	for typ, text := range map[Type]string{Int: "1.5", Money: "cheap", Bool: "maybe", Day: "2026-13-01", Time: "noon"} {
		if _, err := ParseValue(&Field{Name: "f", Type: typ}, text, time.UTC); !HasCode(err, CodeInvalid) {
			t.Errorf("%s %q: %v", typ, text, err)
		}
	}
}

func TestFormattedValueReadsBackTheSame(t *testing.T) {
	for typ, v := range map[Type]any{
		Int: int64(-7), Money: int64(-5), Bool: false, Day: "2026-11-23", Time: noon.UnixMilli() + 7, Set: []string{"a", "b"}, Text: "x", Long: "x\ny ",
	} {
		f := &Field{Name: "f", Type: typ}
		if got, err := ParseValue(f, FormatValue(f, v), time.FixedZone("CST", 8*3600)); err != nil || !Same(got, v) {
			t.Errorf("%s: %v became %v, error %v", typ, v, got, err)
		}
	}
}

func TestDefaultsAreTheSameEverywhereAndValid(t *testing.T) {
	seen := map[string]bool{}
	routine := false
	for _, r := range Defaults() {
		if err := Validate(nil, r); err != nil {
			t.Error(err)
		}
		if u, err := uuid.Parse(r.ID); err != nil || u.Version() != 5 || seen[r.ID] {
			t.Errorf("id %s: %v", r.ID, err)
		}
		seen[r.ID] = true
		routine = routine || r.Kind == "visit_type" && r.Text("code") == RoutineVisit
		if r.Text("name_zh") == "" {
			t.Errorf("%s has no Chinese name", r.Text("code"))
		}
	}
	if !routine {
		t.Error("the routine visit is missing")
	}
	if got := DerivedID("visit_type", RoutineVisit); got != "8c676902-01de-5c38-841f-dbedc654067e" || got != Defaults()[0].ID {
		t.Errorf("id of the routine visit %s", got)
	}
}
