package local

import (
	"testing"

	"github.com/rounds-field/rounds/sales"
)

func TestEditsOfWhatCameWithTheWorkbookAreNotSentByThoseWhoMayNotMakeThem(t *testing.T) {
	for role, sent := range map[sales.Role]int{sales.RoleRep: 1, sales.RoleOperations: 2} {
		t.Run(string(role), func(t *testing.T) {
			s := openTest(t)
			var seed sales.Record
			for _, r := range sales.Defaults() {
				if r.Kind == "visit_type" {
					seed = r
					break
				}
			}
			was, err := s.Identity(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			mustWrite(t, s, update("visit_type", seed.ID, sales.Values{"minutes": int64(99)}))
			mustWrite(t, s, sales.CreateOf(sales.Partner{Name: "甲"}))
			if role == sales.RoleRep {
				mustWrite(t, s, update("user", was.UserID, sales.Values{"display_name": "Me"}))
			}
			id := Identity{UserID: sales.NewID(), UserName: "li.na", DisplayName: "Li Na", Role: role, Server: "http://here", OrganisationID: sales.NewID()}
			if err := s.SetIdentity(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			if got := mustUnsent(t, s); len(got) != sent {
				t.Errorf("%d changes are sent, want %d: %+v", len(got), sent, got)
			}
			minutes := sales.As[sales.VisitType](get(t, s, "visit_type", seed.ID)).Minutes
			if changed := minutes == 99; changed != (role == sales.RoleOperations) {
				t.Errorf("the type of visit takes %d minutes", minutes)
			}
			if name := text(t, s, "user", id.UserID, "display_name"); name != "Li Na" {
				t.Errorf("the user is called %q", name)
			}
			if n, err := s.Count(t.Context(), sales.Query{Kind: "user"}); err != nil || n != 1 {
				t.Errorf("%d users, %v", n, err)
			}
			pending, err := s.Pending(t.Context())
			if err != nil || len(pending) != sent {
				t.Errorf("the tray has %d changes, %v", len(pending), err)
			}
			healthy(t, s)
		})
	}
}

func get(t *testing.T, s *Store, kind, id string) sales.Record {
	t.Helper()
	r, err := s.Get(t.Context(), kind, id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
