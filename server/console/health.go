package console

import (
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/rounds-field/rounds/store/central"
)

type homePage struct {
	Records int
	Kinds   []kindRow
	Devices []deviceRow
}

type deviceRow struct {
	User, Device, First, Last string
	Changes                   uint64
}

// homeKinds are the kinds whose numbers the first page shows.
var homeKinds = []string{"partner", "account", "visit", "feedback", "opportunity", "project", "task"}

func (c *Console) home(w http.ResponseWriter, r *http.Request, v *visitor) error {
	counts, err := c.journal.KindCounts(r.Context(), v.caller)
	if err != nil {
		return err
	}
	p := c.view(r, v, "home", "console.home")
	data := homePage{}
	for _, n := range counts {
		data.Records += n
	}
	for _, name := range homeKinds {
		data.Kinds = append(data.Kinds, kindRow{name, p.label("kind."+name+".plural", name), counts[name]})
	}
	if p.Oversee {
		if data.Devices, err = c.devices(r, p.texts, 10); err != nil {
			return err
		}
	}
	p.Data = data
	c.render(w, r, http.StatusOK, p)
	return nil
}

// devices lists the devices that pushed last.
func (c *Console) devices(r *http.Request, t texts, limit int) ([]deviceRow, error) {
	copies, err := c.journal.Copies(r.Context())
	if err != nil {
		return nil, err
	}
	names, err := c.names(r)
	if err != nil {
		return nil, err
	}
	var out []deviceRow
	for _, d := range copies[:min(limit, len(copies))] {
		out = append(out, deviceRow{User: names[d.UserID], Device: d.Device, First: t.When(d.FirstSeen), Last: t.When(d.LastSeen), Changes: d.Changes})
	}
	return out, nil
}

// names gives the display names of the users by id.
func (c *Console) names(r *http.Request) (map[string]string, error) {
	users, err := c.accounts.List(r.Context())
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(users))
	for _, u := range users {
		names[u.ID] = u.DisplayName
	}
	return names, nil
}

type bucketsPage struct {
	Buckets []bucketRow
	Checked bool
	Wrong   []string
	Devices []deviceRow
}

type bucketRow struct {
	Name, Label, Checksum, Since string
	Live, Seq                    uint64
}

// buckets shows what devices are synced from: records, numbers and checksums of each bucket.
func (c *Console) buckets(w http.ResponseWriter, r *http.Request, v *visitor) error {
	list, err := c.journal.Buckets(r.Context())
	if err != nil {
		return err
	}
	names, err := c.names(r)
	if err != nil {
		return err
	}
	p := c.view(r, v, "buckets", "console.buckets")
	data := bucketsPage{Buckets: p.bucketRows(list, names)}
	if r.URL.Query().Get("check") != "" {
		if data.Wrong, err = c.journal.Verify(r.Context()); err != nil {
			return err
		}
		data.Checked = true
	}
	if data.Devices, err = c.devices(r, p.texts, 100); err != nil {
		return err
	}
	p.Data = data
	c.render(w, r, http.StatusOK, p)
	return nil
}

func (t texts) bucketRows(list []central.BucketInfo, names map[string]string) []bucketRow {
	out := make([]bucketRow, len(list))
	for i, b := range list {
		label := t.bucketName(b.Name)
		if id, ok := strings.CutPrefix(b.Name, "u:"); ok && names[id] != "" {
			label += " (" + names[id] + ")"
		}
		out[i] = bucketRow{Name: b.Name, Label: label, Checksum: hex.EncodeToString(b.Checksum[:4]), Since: t.When(b.Epoch), Live: b.Live, Seq: b.Seq}
	}
	return out
}

type auditPage struct {
	Rows []auditRow
	pager
}

type auditRow struct{ When, Who, Action, Subject, Detail string }

func (c *Console) audit(w http.ResponseWriter, r *http.Request, v *visitor) error {
	offset := offsetOf(r)
	// One more than the page shows tells whether there is a next one.
	entries, err := c.journal.AuditTrail(r.Context(), pageSize+1, offset)
	if err != nil {
		return err
	}
	names, err := c.names(r)
	if err != nil {
		return err
	}
	p := c.view(r, v, "audit", "console.audit")
	shown := min(len(entries), pageSize)
	data := auditPage{pager: pagerOf(r.URL, offset, shown, offset+len(entries))}
	for _, e := range entries[:shown] {
		who := names[e.Actor]
		switch {
		case e.Actor == "":
			who = p.T("console.server")
		case who == "":
			who = e.Actor
		}
		data.Rows = append(data.Rows, auditRow{When: p.When(e.At), Who: who, Action: p.label("console.action."+e.Action, e.Action), Subject: e.Subject, Detail: e.Detail})
	}
	p.Data = data
	c.render(w, r, http.StatusOK, p)
	return nil
}
