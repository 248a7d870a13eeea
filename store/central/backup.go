package central

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/rounds-field/rounds/store"
	"github.com/rounds-field/rounds/sync/wire"
)

// A backup is a zstd stream: a line that names the format, then frames, each with its length before it. The first byte of a frame is its type, the
// rest a row, or JSON. It is the same whichever database it is from. What it says of itself comes last, so that it is written in one go.
const (
	backupMagic  = "rounds backup\n"
	backupFormat = 1

	frameHeader  = 'H' // BackupHeader
	frameTable   = 'T' // tableHead, then its rows
	frameRow     = 'R'
	frameTrailer = 'Z' // backupTrailer
)

// backupTables are the tables of a backup: all that there are.
var backupTables = []string{
	"organisations", "buckets", "bucket_log", "records", "departures", "graves", "changes", "incarnations", "accounts", "tokens", "audit",
	"file_refs", "files", "file_parts", "file_chunks",
}

// backupSince names the tables that older versions of the tables do not have, each with the first that has it.
var backupSince = map[string]int64{"graves": 2, "file_refs": 3, "files": 3, "file_parts": 3, "file_chunks": 3}

// BackupHeader says what a backup is of.
type BackupHeader struct {
	Format       int       `json:"format"`
	Schema       int64     `json:"schema"` // number of the newest migration
	Organisation string    `json:"organisation"`
	Name         string    `json:"name,omitempty"`
	Made         time.Time `json:"made"`
	Program      string    `json:"program,omitempty"` // version of the program that made it
}

// TableSum says what a table holds, in whatever order.
type TableSum struct {
	Name string   `json:"name"`
	Rows int64    `json:"rows"`
	Sum  string   `json:"sum"` // of the rows, additive, in hexadecimal
	sum  wire.Sum // as it is gathered
}

func (t *TableSum) add(row []byte) {
	h := sha256.Sum256(row)
	t.sum = t.sum.Add(wire.SumFrom(h[:16]))
	t.Rows++
}

func (t *TableSum) close() {
	b := t.sum.Bytes()
	t.Sum = hex.EncodeToString(b[:])
}

// Contents is what a backup holds, or a database.
type Contents struct {
	BackupHeader
	Tables []TableSum
}

// Rows is the number of rows of all tables.
func (c *Contents) Rows() (n int64) {
	for _, t := range c.Tables {
		n += t.Rows
	}
	return n
}

// Differences names the tables in which two databases differ, with how.
func (c *Contents) Differences(o *Contents) (out []string) {
	for _, t := range c.Tables {
		i := slices.IndexFunc(o.Tables, func(x TableSum) bool { return x.Name == t.Name })
		switch {
		case i < 0 && t.Rows > 0:
			out = append(out, fmt.Sprintf("table %s: %d rows, none on the other side", t.Name, t.Rows))
		case i < 0:
		case o.Tables[i].Rows != t.Rows:
			out = append(out, fmt.Sprintf("table %s: %d rows, %d on the other side", t.Name, t.Rows, o.Tables[i].Rows))
		case o.Tables[i].Sum != t.Sum:
			out = append(out, fmt.Sprintf("table %s: %d rows with other content than on the other side", t.Name, t.Rows))
		}
	}
	return out
}

type tableHead struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"` // by name
}

type backupTrailer struct {
	Tables []TableSum `json:"tables"`
	SHA256 string     `json:"sha256"` // of all that lies before this frame, unpacked
}

// Backup writes everything that the database holds, from one snapshot, while others go on writing.
func (j *Journal) Backup(ctx context.Context, w io.Writer, program string) (*Contents, error) {
	z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("compress a backup: %w", err)
	}
	out := &backupWriter{buf: bufio.NewWriterSize(z, 64<<10), sum: sha256.New()}
	var c *Contents
	err = j.db.Read(ctx, func(tx *sql.Tx) (err error) {
		c, err = j.writeBackup(ctx, tx, out, program)
		return err
	})
	if err == nil {
		err = out.buf.Flush()
	}
	if e := z.Close(); err == nil {
		err = e
	}
	return c, store.Explain("back up the database", err)
}

// Contents counts and sums what every table holds.
func (j *Journal) Contents(ctx context.Context) (*Contents, error) {
	var c *Contents
	err := j.db.Read(ctx, func(tx *sql.Tx) (err error) {
		c, err = j.writeBackup(ctx, tx, &backupWriter{buf: bufio.NewWriter(io.Discard), sum: sha256.New()}, "")
		return err
	})
	return c, store.Explain("sum up the database", err)
}

func (j *Journal) writeBackup(ctx context.Context, tx *sql.Tx, out *backupWriter, program string) (*Contents, error) {
	c := &Contents{BackupHeader: BackupHeader{Format: backupFormat, Organisation: j.orgID, Made: j.now().UTC().Truncate(time.Second), Program: program}}
	if err := tx.QueryRowContext(ctx, "SELECT MAX(version_id) FROM goose_db_version").Scan(&c.Schema); err != nil {
		return nil, fmt.Errorf("read the version of the schema: %w", err)
	}
	if err := tx.QueryRowContext(ctx, j.sql.bind("SELECT name FROM organisations WHERE org_id = ?"), j.org).Scan(&c.Name); err != nil {
		return nil, fmt.Errorf("read the organisation: %w", err)
	}
	out.bytes([]byte(backupMagic))
	if err := out.json(frameHeader, c.BackupHeader); err != nil {
		return nil, err
	}
	for _, name := range backupTables {
		if backupSince[name] > c.Schema {
			continue
		}
		t, err := j.backupTable(ctx, tx, out, name)
		if err != nil {
			return nil, fmt.Errorf("back up table %s: %w", name, err)
		}
		c.Tables = append(c.Tables, t)
	}
	return c, out.json(frameTrailer, backupTrailer{Tables: c.Tables, SHA256: hex.EncodeToString(out.sum.Sum(nil))})
}

func (j *Journal) backupTable(ctx context.Context, tx *sql.Tx, out *backupWriter, name string) (TableSum, error) {
	t := TableSum{Name: name}
	columns, err := columnsOf(ctx, tx, name)
	if err != nil {
		return t, err
	}
	if err := out.json(frameTable, tableHead{Name: name, Columns: columns}); err != nil {
		return t, err
	}
	rows, err := tx.QueryContext(ctx, j.sql.bind("SELECT "+strings.Join(columns, ", ")+" FROM "+name+" WHERE org_id = ?"), j.org)
	if err != nil {
		return t, err
	}
	defer rows.Close()
	values, dest := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	var row []byte
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return t, err
		}
		if row, err = appendRow(row[:0], values); err != nil {
			return t, err
		}
		t.add(row)
		if err := out.frame(frameRow, row); err != nil {
			return t, err
		}
	}
	t.close()
	return t, rows.Err()
}

// columnsOf lists the columns of a table by name: their order may differ between databases.
func columnsOf(ctx context.Context, tx *sql.Tx, table string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, "SELECT * FROM "+table+" LIMIT 0") // #nosec G202 -- one of our tables
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	slices.Sort(columns)
	return columns, rows.Err()
}

// appendRow writes the values of a row: each a letter for its type, and what it is.
func appendRow(b []byte, values []any) ([]byte, error) {
	for _, v := range values {
		switch x := v.(type) {
		case nil:
			b = append(b, '0')
		case int64:
			b = binary.AppendVarint(append(b, 'i'), x)
		case string:
			b = append(binary.AppendUvarint(append(b, 't'), uint64(len(x))), x...)
		case []byte:
			b = append(binary.AppendUvarint(append(b, 'b'), uint64(len(x))), x...)
		default:
			return nil, fmt.Errorf("a value of type %T has no form in a backup", v)
		}
	}
	return b, nil
}

// backupWriter writes frames and sums up what it has written. Its first error stays with the buffer.
type backupWriter struct {
	buf *bufio.Writer
	sum hash.Hash
}

func (w *backupWriter) bytes(b []byte) {
	w.sum.Write(b)
	_, _ = w.buf.Write(b) // said again by the next frame, and by Flush
}

func (w *backupWriter) frame(kind byte, body []byte) error {
	head := append(binary.AppendUvarint(nil, uint64(len(body)+1)), kind)
	w.sum.Write(head)
	w.sum.Write(body)
	if _, err := w.buf.Write(head); err != nil {
		return err
	}
	_, err := w.buf.Write(body)
	return err
}

func (w *backupWriter) json(kind byte, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return w.frame(kind, b)
}
