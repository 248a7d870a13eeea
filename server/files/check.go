package files

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"github.com/aws/smithy-go"
	"gocloud.dev/blob"

	"github.com/rounds-field/rounds/sales"
)

// checkTime is how long a file store may take to answer a check.
const checkTime = 10 * time.Second

// checkFolder is where contents are written that only tell whether one can be.
const checkFolder = "checks/"

// errSilent is the cause when the time of a check is over.
var errSilent = errors.New("it does not answer")

// Check tries the file store: it writes a small content, reads, lists and removes it. Once that has gone well, a store that is no folder is only listed: in a bucket that keeps
// versions each content would stay. It takes some seconds at most.
func (s *Store) Check(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	err := errSilent
	if s.checking.TryLock() { // else an earlier check still waits, as for a network disk that is gone
		done := make(chan error, 1)
		go func() {
			err := s.try(within)
			s.checking.Unlock() // before the answer, after which the next check may begin
			done <- err
		}()
		select {
		case err = <-done:
		case <-within.Done(): // a disk does not hear of it
		}
	}
	switch {
	case err == nil || ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		err = errors.Join(errSilent, err)
	}
	return &sales.Error{Code: sales.CodeStorage, Message: "the file store " + s.address + " cannot be used", Hint: hintFor(err), Cause: err}
}

// try is a check by whoever has the lock.
func (s *Store) try(ctx context.Context) error {
	if s.folder == "" && s.proven {
		return s.list(ctx)
	}
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	key := s.prefix + checkFolder + hex.EncodeToString(id[:])
	if err := s.bucket.WriteAll(ctx, key, id[:], &blob.WriterOptions{ContentType: "application/octet-stream"}); err != nil {
		return err
	}
	b, err := s.bucket.ReadAll(ctx, key)
	if err == nil && !bytes.Equal(b, id[:]) {
		err = errors.New("it gives back something else than was written")
	}
	if err == nil {
		err = s.list(ctx)
	}
	err = errors.Join(err, s.bucket.Delete(ctx, key))
	s.proven = err == nil
	return err
}

func (s *Store) list(ctx context.Context) error {
	_, _, err := s.bucket.ListPage(ctx, blob.FirstPageToken, 1, &blob.ListOptions{Prefix: s.prefix + checkFolder})
	return err
}

// Passing says whether what a check found may be over by itself, because the store cannot be reached, is out of order or full. The rest stays until somebody gives another
// option or another right.
func Passing(err error) bool {
	if status := statusOf(err); status != 0 {
		return status >= http.StatusInternalServerError || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
	}
	if withoutKeys(err) {
		return false
	}
	if errors.Is(err, errSilent) {
		return true
	}
	var dial *net.OpError
	var send *url.Error
	if errors.As(err, &dial) || errors.As(err, &send) {
		return true
	}
	for _, sick := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.ESTALE, syscall.ETIMEDOUT} {
		if errors.Is(err, sick) {
			return true
		}
	}
	return false
}

// statusOf is the HTTP status that S3 answered with, 0 when there was no answer.
func statusOf(err error) int {
	var answer interface {
		error
		HTTPStatusCode() int
	}
	if withoutKeys(err) || !errors.As(err, &answer) {
		return 0
	}
	return answer.HTTPStatusCode()
}

// withoutKeys says that there were no keys: the last place to look for them is a service that only the provider's own computers have.
func withoutKeys(err error) bool {
	var op *smithy.OperationError
	for errors.As(err, &op) {
		if op.ServiceID == "ec2imds" {
			return true
		}
		err = op.Err
	}
	return false
}

func hintFor(err error) string {
	status := statusOf(err)
	switch {
	case withoutKeys(err):
		return "give the keys of the bucket of --blobs in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or in ~/.aws"
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return "look at the keys (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) and their rights: they have to list the bucket of --blobs, and to read, write and remove in it"
	case status == http.StatusNotFound:
		return "make the bucket, or check its name and endpoint in --blobs"
	case status == http.StatusMovedPermanently:
		return "check the region of the bucket in --blobs"
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		return "free some space there, or name a place with more in --blobs"
	case Passing(err):
		return "look whether what --blobs names runs and can be reached from here; it is tried again by itself"
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return "give this user the right to write in that folder, or name another place with --blobs"
	}
	return "check --blobs: a folder that can be written, or a URL such as s3://BUCKET?region=REGION"
}
