package central

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rounds-field/rounds/sales"
)

// Classes and codes of PostgreSQL that mean something here.
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	uniqueViolation      = "23505"
	tooManyConnections   = "53300"
	diskFull             = "53100"
	lockNotAvailable     = "55P03"
	noSuchDatabase       = "3D000"
	readOnlyTransaction  = "25006"
	insufficientRights   = "42501"
	undefinedTable       = "42P01"
	undefinedColumn      = "42703"
	connectionClass      = "08"
	authorisationClass   = "28"
	shutdownClass        = "57P" // shut down, crashed, starting
)

// codeOf is PostgreSQL's code of an error, "" for an error from elsewhere.
func codeOf(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// gaveUp says that the database gave a transaction up because of another one, so that it may be tried again. That also goes for the same key
// written twice: the other one was first, and this one will see what it wrote.
func gaveUp(err error) bool {
	switch codeOf(err) {
	case serializationFailure, deadlockDetected, uniqueViolation:
		return true
	}
	return false
}

// lost says that there is no connection, or none any more.
func lost(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if code := codeOf(err); code != "" {
		return code == tooManyConnections || strings.HasPrefix(code, connectionClass) || strings.HasPrefix(code, shutdownClass)
	}
	var connect *pgconn.ConnectError
	var network *net.OpError
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// untrusted says that the other end has shown a certificate that does not hold.
func untrusted(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}

// fault is an error of PostgreSQL with what to do about it (store.Explain asks for the hint).
type fault struct{ cause error }

func (f *fault) Error() string { return f.cause.Error() }
func (f *fault) Unwrap() error { return f.cause }

// faultOf marks an error of the database; what the journal itself refused, and what the caller cancelled, stays as it is.
func faultOf(err error) error {
	var refused *sales.Error
	if err == nil || errors.As(err, &refused) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &fault{err}
}

// Hint says what to do.
func (f *fault) Hint() string {
	code := codeOf(f.cause)
	switch {
	case strings.HasPrefix(code, authorisationClass):
		return "PostgreSQL refuses the user or the password: check --database, or the file that PGPASSFILE names"
	case code == noSuchDatabase:
		return "make the database first: createdb --encoding UTF8 NAME"
	case code == insufficientRights:
		return "give the database's user the right to make tables: GRANT ALL ON SCHEMA public TO the user"
	case code == readOnlyTransaction:
		return "this PostgreSQL is a standby that cannot be written: name the primary in --database"
	case code == diskFull:
		return "the disk of PostgreSQL is full: free some space and try again; nothing that was saved is lost"
	case code == tooManyConnections:
		return "PostgreSQL has no connection left: raise max_connections there, or add pool_max_conns=8 to --database"
	case code == serializationFailure || code == deadlockDetected || code == uniqueViolation:
		return "many are writing the same at once: try again"
	case strings.Contains(f.cause.Error(), "server refused TLS connection"): // the driver has no error of its own for it
		return "this PostgreSQL has no TLS: set ssl = on there, or add sslmode=disable to --database where nobody else reads the network between"
	case untrusted(f.cause):
		return "PostgreSQL's certificate is not for the host in --database, or not of an authority that is known here: name the host as in the certificate, and the authority's with sslrootcert=FILE"
	case lost(f.cause):
		return "PostgreSQL does not answer: look whether it runs at the address in --database, then try again; nothing that was saved is lost"
	}
	return "try again; if it stays, send the log to support"
}
