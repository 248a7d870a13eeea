package main

import (
	"github.com/spf13/pflag"

	"github.com/rounds-field/rounds/server"
	"github.com/rounds-field/rounds/server/files"
)

// fileLimits are the bounds of files as they are given: in megabytes.
type fileLimits struct{ file, user, organisation int64 }

func (l *fileLimits) flags(f *pflag.FlagSet, c *server.Config) {
	f.StringVar(&c.Blobs, "blobs", "", "where the content of files lies: a folder, or a URL such as s3://BUCKET?region=REGION (default: files in the data folder)")
	f.Int64Var(&l.file, "file-limit", files.DefaultFileLimit/megabyte, "megabytes of the largest file; 0 for any")
	f.Int64Var(&l.user, "user-quota", 0, "megabytes of all files that one user has added; 0 for any")
	f.Int64Var(&l.organisation, "organisation-quota", 0, "megabytes of all files; 0 for any")
}

const megabyte = 1 << 20

func (l *fileLimits) fill(c *server.Config) {
	c.FileLimit, c.UserQuota, c.OrganisationQuota = l.file*megabyte, l.user*megabyte, l.organisation*megabyte
}
