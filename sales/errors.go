package sales

import (
	"errors"
	"fmt"
	"strings"
)

// Error is a refusal that a person can act on: what, where and what to do. Its code chooses the
// translated text in the app (key "error.<code>"); Message and Hint are the English text for the
// command line and logs.
type Error struct {
	Code    string         // stable, snake_case; see the constants below
	Reason  string         // tells cases of one code apart that have texts of their own, "" mostly; see offline.go
	Kind    string         // kind of record, "" when not about one
	ID      string         // the record, "" when not about one
	Field   string         // the field, "" when not about one
	Message string         // what is wrong
	Hint    string         // what to do about it
	Args    map[string]any // values for the translated text
	Cause   error          // the underlying error, may be nil
}

// Error codes. Each has a translation in both languages.
const (
	CodeRequired         = "required"          // a required value is missing
	CodeInvalid          = "invalid"           // a value is malformed or outside its list
	CodeTooLong          = "too_long"          // a text is over its limit
	CodeUnknownField     = "unknown_field"     // the kind has no such field
	CodeUnknownKind      = "unknown_kind"      // there is no such kind
	CodeNotFound         = "not_found"         // the record does not exist here
	CodeBadReference     = "bad_reference"     // a reference leads nowhere
	CodeBadOrder         = "bad_order"         // two values contradict each other, or a step does not follow
	CodeReasonNeeded     = "reason_needed"     // a step needs its reason
	CodeForbidden        = "forbidden"         // the role or the territory does not allow it
	CodeDuplicate        = "duplicate"         // the same thing exists already
	CodeGone             = "gone"              // deleted on the server
	CodeChangedMeanwhile = "changed_meanwhile" // edited by somebody else after the author of a delete saw it
	CodeHeld             = "held"              // waits for another change that was refused
	CodeOffline          = "offline"           // the server cannot be reached
	CodeSignedOut        = "signed_out"        // the sign-in is missing, expired or revoked
	CodeServerMoved      = "server_moved"      // the user's workbook belongs to this server at another address; nothing was moved yet
	CodeInUse            = "in_use"            // the workbook is open in another program
	CodeStorage          = "storage"           // the disk or the database refused
	CodeFile             = "file"              // a file cannot be read or written as asked
	CodeUpdateRequired   = "update_required"   // the server gives nothing to a program this old
	CodeTooLarge         = "too_large"         // a file is over its limit
	CodeQuota            = "quota"             // the user's or the organisation's room for files is used up
	CodeNotReady         = "not_ready"         // a file's content is not wholly on the server yet
	CodeInternal         = "internal"          // a fault of the program
)

// StorageDamaged is the Reason of an Error with CodeStorage when the database's file does not hold what was written there.
const StorageDamaged = "damaged"

// FileReasonDamaged is the Reason of an Error with CodeFile about a content of this device that is not what it was any more.
const FileReasonDamaged = "damaged"

// Error is one line: where, what, and what to do.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Kind != "" {
		b.WriteString(e.Kind)
		if e.ID != "" {
			b.WriteString(" " + e.ID)
		}
		if e.Field != "" {
			b.WriteString("." + e.Field)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// ErrorCode gives the code, for the translation.
func (e *Error) ErrorCode() string { return e.Code }

// ErrorArgs gives the values for the translated text: kind, field, id and the error's own.
func (e *Error) ErrorArgs() map[string]any {
	args := map[string]any{"Kind": e.Kind, "Field": e.Field, "ID": e.ID}
	for k, v := range e.Args {
		args[k] = v
	}
	return args
}

// TextKeys lists the keys under which the translated text is looked for, the most specific first: "error.<code>.<kind>.<field>" for
// rules that deserve words of their own, "error.<code>.<reason>", then "error.<code>".
func (e *Error) TextKeys() []string {
	keys := []string{"error." + e.Code}
	if e.Reason != "" {
		keys = append([]string{"error." + e.Code + "." + e.Reason}, keys...)
	}
	if e.Kind != "" && e.Field != "" {
		keys = append([]string{"error." + e.Code + "." + e.Kind + "." + e.Field}, keys...)
	}
	return keys
}

// HasCode says whether err is, or wraps, an Error of this code.
func HasCode(err error, code string) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

func refuse(code, kind, field, hint, format string, args ...any) *Error {
	return &Error{Code: code, Kind: kind, Field: field, Hint: hint, Message: fmt.Sprintf(format, args...)}
}
