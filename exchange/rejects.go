package exchange

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strconv"
)

// byteOrderMark makes Excel read a CSV file as UTF-8.
const byteOrderMark = "\ufeff"

// saveRejected writes the rejected rows as they were, with their line and the reason in two more columns, so that the file can be
// mended and imported again.
func saveRejected(path string, r Report) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write rejected rows: %w", err)
	}
	defer func() {
		if closeErr := file.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("write rejected rows: %w", closeErr)
		}
	}()
	buffer := bufio.NewWriter(file)
	if _, err := buffer.WriteString(byteOrderMark); err != nil {
		return fmt.Errorf("write rejected rows: %w", err)
	}
	w := csv.NewWriter(buffer)
	w.UseCRLF = true
	if err := w.Write(append(slices.Clone(r.header), "rejected_line", "rejected_reason")); err != nil {
		return fmt.Errorf("write rejected rows: %w", err)
	}
	for _, row := range r.rejected {
		cells := make([]string, len(r.header), len(r.header)+2)
		for i := range min(len(cells), len(row.cells)) {
			cells[i] = row.cells[i]
			if _, err := strconv.ParseFloat(cells[i], 64); err != nil {
				cells[i] = guard(cells[i])
			}
		}
		if err := w.Write(append(cells, strconv.Itoa(row.number), guard(row.errs.Error()))); err != nil {
			return fmt.Errorf("write rejected rows: %w", err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("write rejected rows: %w", err)
	}
	if err := buffer.Flush(); err != nil {
		return fmt.Errorf("write rejected rows: %w", err)
	}
	return nil
}
