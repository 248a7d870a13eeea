package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/rounds-field/rounds/sales"
)

// Options say how a file is imported.
type Options struct {
	Map      map[string]string // column to field, before any guess; an empty field passes the column over
	DryRun   bool              // only tell what would happen
	Partial  bool              // take the good rows even if others are rejected; otherwise it is all or nothing
	Now      time.Time         // for what new records leave out; zero means the present
	UserID   string            // who imports: the owner of new records that name none
	Location *time.Location    // of times without a zone; nil means the computer's
}

// Problem is what is wrong with one row.
type Problem struct {
	Line   int          `json:"line"` // in the file, counted from 1, the header included
	Errors sales.Errors `json:"-"`
	Reason string       `json:"reason"` // the errors as one text
}

// Report is what an import did; for a dry run, what it would do.
type Report struct {
	Kind         string    `json:"kind"`
	Rows         int       `json:"rows"`
	Created      int       `json:"created"`
	Updated      int       `json:"updated"`
	Skipped      int       `json:"skipped"` // there already, the same
	Rejected     int       `json:"rejected"`
	Columns      []Column  `json:"columns"`
	Problems     []Problem `json:"problems,omitempty"`
	RejectedFile string    `json:"rejected_file,omitempty"` // where the rejected rows are; "" when there are none
	Written      bool      `json:"written"`                 // the workbook was changed

	header   []string
	rejected []*row
}

// batch is how many edits are saved together, and so travel to the server together: it takes 5,000 changes in one push. An import
// that is all or nothing is checked whole before the first batch, and taken back when the workbook refuses a later one.
const batch = 1000

// ImportFile imports the file at path, as Import does, and writes its rejected rows beside it, to <path>.rejected.csv.
func ImportFile(ctx context.Context, wb sales.Workbook, kind, path string, o Options) (Report, error) {
	content, err := readFile(path)
	if err != nil {
		return Report{Kind: kind}, err
	}
	report, err := Import(ctx, wb, kind, path, content, o)
	if len(report.rejected) > 0 {
		target := path + ".rejected.csv"
		if saveErr := saveRejected(target, report); saveErr != nil {
			return report, errors.Join(err, saveErr)
		}
		report.RejectedFile = target
	}
	return report, err
}

func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		e := fileError(path, "check its name and that you may read it", "it cannot be opened")
		e.Cause = err
		return nil, e
	}
	defer func() { _ = file.Close() }() // only read
	content, err := io.ReadAll(io.LimitReader(file, MaxBytes+1))
	if err != nil {
		e := fileError(path, "check that it is a file and whole", "it cannot be read")
		e.Cause = err
		return nil, e
	}
	return content, nil
}

// Import reads a table (name only tells messages and endings) into records of a kind. Without Partial, one rejected row keeps the workbook as it was,
// and the error says so. Errors are *sales.Error: of the file as a whole, of the mapping, or of code invalid when rows were rejected.
// The report tells the rest, also beside an error.
func Import(ctx context.Context, wb sales.Workbook, kind, name string, content []byte, o Options) (Report, error) {
	report := Report{Kind: kind}
	k, ok := sales.KindNamed(kind)
	if !ok {
		return report, &sales.Error{Code: sales.CodeUnknownKind, Message: fmt.Sprintf("no kind of record is called %q", kind), Hint: "`roundsctl kinds` lists them", Args: map[string]any{"Value": kind}}
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.Location == nil {
		o.Location = time.Local
	}
	t, err := readTable(name, content)
	if err != nil {
		return report, err
	}
	words, err := vocabularyOf(k)
	if err != nil {
		return report, err
	}
	report.header, report.Rows = t.header, len(t.lines)
	if report.Columns, err = columns(k, t.header, o.Map, words); err != nil {
		return report, err
	}
	book, err := newLedger(ctx, wb, k, o.Now, o.UserID)
	if err != nil {
		return report, err
	}
	rd := &reader{
		kind: k, columns: report.Columns, words: words, loc: o.Location, sheet: t.sheet, seen: map[string]int{},
		refs: &references{ctx: ctx, wb: wb, kinds: map[string]*names{}},
	}
	if err := report.takeAll(ctx, rd, book, t.lines); err != nil {
		return report, err
	}
	if !o.DryRun {
		if err := report.write(ctx, wb, book, o); err != nil {
			return report, err
		}
	}
	return report, nil
}

func (r *Report) takeAll(ctx context.Context, rd *reader, book *ledger, lines []line) error {
	for i, l := range lines {
		if i%1000 == 0 && ctx.Err() != nil {
			return fmt.Errorf("import %s: %w", r.Kind, ctx.Err())
		}
		row := rd.read(l)
		if rd.refs.err != nil {
			return rd.refs.err
		}
		switch book.take(row) {
		case created:
			r.Created++
		case updated:
			r.Updated++
		case skipped:
			r.Skipped++
		case rejected:
			r.reject(row)
		}
	}
	return nil
}

func (r *Report) reject(row *row) {
	r.Rejected++
	r.rejected = append(r.rejected, row)
	r.Problems = append(r.Problems, Problem{Line: row.number, Errors: row.errs, Reason: row.errs.Error()})
}

// write saves what the rows came to.
func (r *Report) write(ctx context.Context, wb sales.Workbook, book *ledger, o Options) error {
	if r.Rejected > 0 && !o.Partial {
		r.Created, r.Updated, r.Skipped = 0, 0, 0
		return &sales.Error{
			Code: sales.CodeInvalid, Kind: r.Kind, Message: fmt.Sprintf("%d of %d rows cannot be taken, so none was; the first is line %d: %s", r.Rejected, r.Rows, r.Problems[0].Line, r.Problems[0].Reason),
			Hint: "mend the rejected rows, or ask for a partial import", Args: map[string]any{"Value": fmt.Sprint(r.Rejected)},
		}
	}
	var changed []*entry
	for _, e := range book.entries {
		if len(e.rows) > 0 && e.changed() {
			changed = append(changed, e)
		}
	}
	for done := 0; done < len(changed); {
		n := min(batch, len(changed)-done)
		group := changed[done : done+n]
		if o.Partial {
			if err := r.saveSome(ctx, wb, book, group); err != nil {
				return err
			}
		} else if err := save(ctx, wb, book, group); err != nil {
			r.Created, r.Updated, r.Skipped, r.Written = 0, 0, 0, false
			return errors.Join(fmt.Errorf("save imported %s records: %w", r.Kind, err), takeBack(ctx, wb, changed[:done]))
		}
		r.Written = true
		done += n
	}
	return nil
}

func save(ctx context.Context, wb sales.Writer, book *ledger, entries []*entry) error {
	edits := make([]sales.Edit, len(entries))
	for i, e := range entries {
		edits[i] = book.edit(e)
	}
	_, err := wb.Write(ctx, edits...)
	return err
}

// takeBack brings the records that were saved back to where they were, even when the import was interrupted.
func takeBack(ctx context.Context, wb sales.Writer, entries []*entry) error {
	ctx = context.WithoutCancel(ctx)
	for len(entries) > 0 {
		group := entries[max(0, len(entries)-batch):]
		entries = entries[:len(entries)-len(group)]
		edits := make([]sales.Edit, len(group))
		for i, e := range group {
			edits[i] = sales.Edit{Verb: sales.Delete, Kind: e.after.Kind, ID: e.after.ID}
			if e.before != nil {
				edits[i] = sales.Edit{Verb: sales.Update, Kind: e.after.Kind, ID: e.after.ID, Values: sales.Diff(e.after.Values, e.before.Values)}
			}
		}
		if _, err := wb.Write(ctx, edits...); err != nil {
			return fmt.Errorf("take back what was imported: %w", err)
		}
	}
	return nil
}

// saveSome saves the entries together; where the workbook refuses, one by one, and rejects the rows that it refuses.
func (r *Report) saveSome(ctx context.Context, wb sales.Workbook, book *ledger, entries []*entry) error {
	err := save(ctx, wb, book, entries)
	if err == nil {
		return nil
	}
	var refusal *sales.Error
	if !errors.As(err, &refusal) || refusal.Code == sales.CodeStorage || ctx.Err() != nil {
		return fmt.Errorf("save imported %s records: %w", r.Kind, err)
	}
	if len(entries) > 1 {
		for i := range entries {
			if err := r.saveSome(ctx, wb, book, entries[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	}
	for i, row := range entries[0].rows {
		if i == 0 && entries[0].before == nil {
			r.Created--
		} else {
			r.Updated--
		}
		row.reject(err)
		r.reject(row)
	}
	return nil
}
