// Package sample holds real public data, compressed, and makes of it the sample organisation: the one that the server's
// `serve --sample` loads and that tests and benchmarks work on. README.md says where the data comes from.
package sample

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

//go:embed data/*.zst data/crm/*.zst
var data embed.FS

// Files lists the data files by the names that Open takes, what others refer to first.
func Files() []string {
	return []string{
		"regions.csv", "partners.csv", "accounts.csv", "crm/products.csv", "crm/accounts.csv", "crm/sales_teams.csv",
		"receivables.csv", "crm/sales_pipeline.csv", "feedback.csv", "shipments.csv",
	}
}

// Open gives the content of a data file, for example "partners.csv": UTF-8 CSV with a header row.
func Open(name string) ([]byte, error) {
	file, err := data.Open("data/" + name + ".zst")
	if err != nil {
		return nil, fmt.Errorf("open sample file: %w", err)
	}
	defer func() { _ = file.Close() }() // only read
	unpacked, err := zstd.NewReader(file, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("unpack sample file %s: %w", name, err)
	}
	defer unpacked.Close()
	content, err := io.ReadAll(unpacked)
	if err != nil {
		return nil, fmt.Errorf("unpack sample file %s: %w", name, err)
	}
	return content, nil
}

// rows reads a data file without its header row.
func rows(name string) ([][]string, error) {
	content, err := Open(name)
	if err != nil {
		return nil, err
	}
	table, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read sample file %s: %w", name, err)
	}
	return table[1:], nil
}
