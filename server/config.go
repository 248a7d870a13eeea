// Package server is what the central server of Rounds is besides sync: one process that serves devices, the web console, health and
// metrics from one data folder.
package server

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/store/central"
)

// DefaultListen is the address that the server listens on when none is given.
const DefaultListen = "127.0.0.1:7420"

// Config is what a server may be told. The zero value, with a Data folder, works.
type Config struct {
	Data     string // folder of the server's data
	Database string // URL of a PostgreSQL database; "" means an SQLite file in the folder
	Listen   string // address and port
	Sample   string // "", "small" or "full": the sample organisation to load once
	TLSCert  string // file with the certificate and its chain, PEM
	TLSKey   string // file with its private key, PEM
	// MinSchema is the version of the record declarations that an app must know to fetch records; changes are taken from any. 0 means every app.
	MinSchema int
	Version   string // of the program, for logs and metrics

	Blobs             string // URL of the blob store with the content of files; "" for the folder "files" in Data
	FileLimit         int64  // bytes of the largest file, 0 for any
	UserQuota         int64  // bytes of all files that one user has uploaded, 0 for any
	OrganisationQuota int64  // bytes of all files, 0 for any

	NoJobs      bool            // do no upkeep; `rounds-server jobs run` does it from outside
	JobsHour    int             // of the day in UTC at which the day's jobs begin
	Backups     string          // folder of the daily backups; "" for "backups" in Data, and for none with Database
	KeepBackups int             // how many there are; 0 means 7, below that none are made
	Horizon     central.Horizon // what is forgotten when; what is 0 has its default
}

// DefaultData is the folder of the server's data for this user.
func DefaultData() string {
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "rounds-server")
	}
	if dir := os.Getenv("LOCALAPPDATA"); runtime.GOOS == "windows" && dir != "" {
		return filepath.Join(dir, "rounds-server")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "rounds-server-data"
	}
	return filepath.Join(home, ".local", "share", "rounds-server")
}

// Check says what contradicts in a configuration, or cannot be meant.
func (c Config) Check() error {
	_, err := c.filled()
	return err
}

// filled gives the configuration with its defaults, or says what contradicts.
func (c Config) filled() (Config, error) {
	if c.Data == "" {
		c.Data = DefaultData()
	}
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	if c.Sample != "" && c.Sample != "small" && c.Sample != "full" {
		return c, bad("sample", fmt.Sprintf("%q is not a sample", c.Sample), "use small or full")
	}
	if c.MinSchema < 0 || c.MinSchema > sales.Version {
		return c, bad("min-schema", fmt.Sprintf("%d is not a version that apps can have: the newest is %d", c.MinSchema, sales.Version), "give a smaller one, or update rounds-server first")
	}
	for name, n := range map[string]int64{"file-limit": c.FileLimit, "user-quota": c.UserQuota, "organisation-quota": c.OrganisationQuota} {
		if n < 0 {
			return c, bad(name, "it is less than nothing", "give megabytes, or 0 for no limit")
		}
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return c, bad("tls-cert", "certificate and key go together", "give both --tls-cert and --tls-key")
	}
	if _, err := NewPlace(c.Data, c.Database); err != nil {
		return c, err
	}
	if c.JobsHour < 0 || c.JobsHour > 23 {
		return c, bad("jobs-hour", fmt.Sprintf("%d is not an hour of the day", c.JobsHour), "give 0 to 23, in UTC")
	}
	if err := c.horizonFits(); err != nil {
		return c, err
	}
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return c, bad("listen", fmt.Sprintf("%q is not an address with a port", c.Listen), "write it like "+DefaultListen)
	}
	if c.TLSCert == "" && !loopback(host) {
		return c, bad("listen", c.Listen+" can be reached from other computers, and passwords would travel there in the clear",
			"give --tls-cert and --tls-key, or listen on "+DefaultListen+" behind a proxy that does TLS")
	}
	return c, nil
}

// certificateFits tries the certificate and its key, so that a mistake is told before anything is made.
func (c Config) certificateFits() error {
	if c.TLSCert == "" {
		return nil
	}
	_, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err == nil {
		return nil
	}
	hint := "give the certificate with its chain and the private key that belongs to it, both in PEM, the key without a passphrase"
	if file := (*fs.PathError)(nil); errors.As(err, &file) {
		hint = "look whether both files are there and this user may read them"
	}
	return &sales.Error{Code: sales.CodeFile, Message: "use --tls-cert " + c.TLSCert + " with --tls-key " + c.TLSKey, Hint: hint, Cause: err}
}

// loopback says whether only this computer reaches an address.
func loopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func bad(field, message, hint string) error {
	return &sales.Error{Code: sales.CodeInvalid, Message: field + ": " + message, Hint: hint, Args: map[string]any{"Value": field}}
}
