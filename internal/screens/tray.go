package main

import (
	"context"
	"fmt"
	"time"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/sales"
)

// tray holds the changes under way: three that wait, one that was refused, one that waits for that; and it put one open conflict and a
// decided one into the workbook.
type tray struct {
	list    []sales.Pending
	entries []sales.HistoryEntry
}

func (t *tray) Pending(context.Context) ([]sales.Pending, error) { return t.list, nil }
func (t *tray) Undo(context.Context, string) error               { return nil }
func (t *tray) Retry(context.Context, string) error              { return nil }

func (t *tray) history(context.Context, string, string) ([]sales.HistoryEntry, bool, error) {
	return t.entries, true, nil
}

func newTray(ctx context.Context, s *stage) (*tray, error) {
	partners, err := s.book.List(ctx, sales.Query{Kind: "partner", Where: []sales.Cond{{Field: "owner_id", Op: sales.Eq, Value: s.me.ID}}, Sort: []string{"id"}, Limit: 3})
	if err != nil {
		return nil, err
	}
	colleagues, err := s.book.List(ctx, sales.Query{Kind: "user", Where: []sales.Cond{{Field: "role", Op: sales.Eq, Value: "rep"}}, Sort: []string{"-name"}, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(partners) < 3 || len(colleagues) < 1 {
		return nil, fmt.Errorf("put changes under way: the sample has %d partners of %s", len(partners), s.me.Name)
	}
	a, b, colleague := partners[0], partners[1], sales.As[sales.User](colleagues[0])
	ago := func(d time.Duration) sales.Instant { return sales.InstantOf(ui.Now().Add(-d)) }
	t := &tray{list: []sales.Pending{
		{ID: "5", Verb: sales.Create, Kind: "visit", RecordID: sales.NewID(), Title: a.Title(), Values: sales.Values{"partner_id": a.ID, "visit_type": "routine", "status": "done", "notes": "谈了三季度的备货，客户希望下周三前看到报价。"}, WrittenAt: ago(4 * time.Minute), State: sales.Waiting},
		{ID: "4", Verb: sales.Update, Kind: "partner", RecordID: b.ID, Title: b.Title(), Values: sales.Values{"tier": "gold", "phone": "025 8412 0307"}, Before: sales.Values{"tier": "silver", "phone": b.Text("phone")}, WrittenAt: ago(11 * time.Minute), State: sales.Waiting},
		{ID: "3", Verb: sales.Create, Kind: "task", RecordID: sales.NewID(), Title: "回访价格问题", Values: sales.Values{"title": "回访价格问题", "due_on": "2026-03-20", "partner_id": a.ID}, WrittenAt: ago(12 * time.Minute), State: sales.Waiting},
		{ID: "2", Verb: sales.Update, Kind: "partner", RecordID: a.ID, Title: a.Title(), Values: sales.Values{"region_code": "110101"}, Before: sales.Values{"region_code": a.Text("region_code")}, WrittenAt: ago(16 * time.Hour), State: sales.Rejected, Problem: &sales.Error{Code: sales.CodeForbidden, Kind: "partner", Field: "region_code", Message: "territory 110101 is not among yours"}},
		{ID: "1", Verb: sales.Update, Kind: "partner", RecordID: a.ID, Title: a.Title(), Values: sales.Values{"phone": "13800138000"}, Before: sales.Values{"phone": a.Text("phone")}, WrittenAt: ago(15 * time.Hour), State: sales.Held, Problem: &sales.Error{Code: sales.CodeHeld, Message: "waits for an earlier change of the same record"}},
	}}
	t.entries = []sales.HistoryEntry{
		{ChangeID: "3", Verb: sales.Update, At: ago(4 * time.Minute), UserName: s.me.DisplayName, Pending: true, Fields: []sales.HistoryField{{Name: "phone", Old: b.Text("phone"), New: "025 8412 0307"}}},
		{ChangeID: "2", Verb: sales.Update, At: ago(26 * time.Hour), UserName: colleague.DisplayName, Device: "thinkpad-x1", Fields: []sales.HistoryField{{Name: "tier", Old: "gold", New: "silver"}}},
		{ChangeID: "1", Verb: sales.Create, At: ago(800 * time.Hour), UserName: s.me.DisplayName, Device: "matebook-14", Fields: []sales.HistoryField{{Name: "name", New: a.Text("name")}, {Name: "tier", New: "gold"}}},
	}
	conflict := func(field, lost, kept, status string, day time.Duration) sales.Conflict {
		return sales.Conflict{
			UserID: s.me.ID, RecordKind: "partner", RecordID: a.ID, RecordTitle: a.Title(), FieldName: field, Status: status,
			LostValue: sales.EncodeConflictValue(lost), KeptValue: sales.EncodeConflictValue(kept),
			KeptBy: colleague.ID, KeptDevice: "thinkpad-x1", LostDevice: "matebook-14",
			LostAt: ago(day + 3*time.Hour), KeptAt: ago(day + 2*time.Hour), DecidedAt: ago(day),
		}
	}
	s.book.Put(
		conflict("notes", "下周三再去，带上新的报价和两台样机。", "客户要求先寄样机，月底前答复。", sales.ConflictOpen, 0),
		conflict("tier", "gold", "silver", sales.ConflictKeptTheirs, 24*time.Hour),
	)
	return t, nil
}
