package central

import (
	"bytes"
	"database/sql"
	"fmt"
	"slices"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/wire"
)

// urgentRecords bounds the page of what a caller works with today: it is to be there at once.
const urgentRecords = 2000

// urgentBasics are the small kinds that every screen names things by, and how many of each come at most.
var urgentBasics = map[string]int{"visit_type": 200, "visit_step": 500, "user": 300}

// today makes the page of what the caller works with today: own visits, tasks, deals and projects, the companies and records that they name, and the people
// at those. No cursor moves, so all of it comes again where it belongs. Where everything fits into one page anyhow it says false.
func (p *pull) today(caller wire.Caller, buckets []bucketRow) (bool, error) {
	visible := make(map[string]bool, len(buckets))
	total := uint64(0)
	for i := range buckets {
		visible[buckets[i].name] = true
		total += uint64(buckets[i].live)
	}
	if total <= uint64(p.room) {
		return false, nil
	}
	u := &urgent{pull: p, visible: visible, have: map[key]bool{}, room: min(p.room, urgentRecords)}
	if err := u.work(caller); err != nil {
		return false, fmt.Errorf("gather what is worked with today: %w", err)
	}
	named := map[string]bool{}
	for i := range p.resp.Records {
		if b := p.resp.Records[i].Bucket; !named[b] {
			named[b] = true
			p.resp.Buckets = append(p.resp.Buckets, wire.BucketState{Cursor: wire.Cursor{Bucket: b}})
		}
	}
	p.resp.Urgent, p.resp.More, p.resp.Remaining = true, true, total
	return true, nil
}

type urgent struct {
	*pull
	visible map[string]bool
	have    map[key]bool
	room    int
}

func (u *urgent) work(caller wire.Caller) error {
	now := u.j.now()
	id := idBytes(caller.UserID)
	first := len(u.resp.Records)
	for _, kind := range sales.WorkKinds() {
		err := u.each("deleted = 0 AND "+u.j.sql.holds("state"), []any{kindNumber(kind), id}, urgentRecords/5, func(r *wire.RecordState) bool {
			return sales.WorksWith(r.Record(), caller.UserID, now)
		})
		if err != nil {
			return err
		}
	}
	companies, err := u.named(u.resp.Records[first:])
	if err != nil {
		return err
	}
	for _, parent := range companies {
		err := u.each("parent_id = ? AND deleted = 0", []any{kindNumber("contact"), idBytes(parent.id)}, 20, nil)
		if err != nil {
			return err
		}
	}
	for _, r := range slices.Clone(u.resp.Records) {
		if r.Kind != "project" {
			continue
		}
		for _, kind := range []string{"milestone", "project_risk"} { // by which a project is seen to be at risk
			if err := u.each("parent_id = ? AND deleted = 0", []any{kindNumber(kind), idBytes(r.ID)}, 50, nil); err != nil {
				return err
			}
		}
	}
	for _, kind := range []string{"visit_type", "visit_step", "user"} {
		if err := u.each("deleted = 0", []any{kindNumber(kind)}, urgentBasics[kind], nil); err != nil {
			return err
		}
	}
	return nil
}

// named adds the records that others refer to, and what those refer to, and gives the companies among them.
func (u *urgent) named(from []wire.RecordState) ([]key, error) {
	var companies []key
	for len(from) > 0 {
		next := len(u.resp.Records)
		for i := range from {
			k := sales.MustKind(from[i].Kind)
			for _, f := range from[i].Fields {
				d, ok := k.FieldNumber(f.Number)
				id, _ := f.Value.(string)
				if !ok || d.Type != sales.Ref || d.Of == "user" || id == "" || u.have[key{d.Of, id}] {
					continue
				}
				if err := u.each("id = ? AND deleted = 0", []any{kindNumber(d.Of), idBytes(id)}, 1, nil); err != nil {
					return nil, err
				}
				if d.Of == "partner" || d.Of == "account" {
					companies = append(companies, key{d.Of, id})
				}
			}
		}
		from = u.resp.Records[next:]
	}
	return companies, nil
}

// each adds the visible records of a kind for which a condition holds, and of those the ones that wanted takes.
func (u *urgent) each(condition string, args []any, limit int, wanted func(*wire.RecordState) bool) error {
	if u.room <= 0 || slices.ContainsFunc(args, func(a any) bool { b, ok := a.([]byte); return ok && bytes.Equal(b, nil) }) {
		return nil
	}
	args = append(append([]any{u.j.org}, args...), limit*10)
	rows, err := u.tx.QueryContext(u.ctx, u.j.sql.bind("SELECT bucket, seq, state FROM records WHERE org_id = ? AND kind = ? AND "+condition+" LIMIT ?"), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for n := 0; rows.Next() && n < limit && u.room > 0; {
		var bucket string
		var seq int64
		var blob sql.RawBytes
		if err := rows.Scan(&bucket, &seq, &blob); err != nil {
			return err
		}
		if !u.visible[bucket] {
			continue
		}
		r, err := decodeState(blob, bucket, seq)
		if err != nil {
			return err
		}
		k := key{r.Kind, r.ID}
		if u.have[k] || wanted != nil && !wanted(&r) {
			continue
		}
		u.have[k] = true
		u.resp.Records = append(u.resp.Records, r)
		u.room--
		n++
	}
	return rows.Err()
}
