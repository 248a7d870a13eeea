package sales

import (
	"context"
	"io"
)

// FileState is where the content of an attachment is, as far as this device knows.
type FileState string

// The states of a file's content.
const (
	FileNone    FileState = "none"    // the record describes a file whose content was never added
	FileHere    FileState = "here"    // on this computer, and on the server where there is one
	FileWaiting FileState = "waiting" // on this computer only: to be sent
	FileSending FileState = "sending" // being sent now
	FileComing  FileState = "coming"  // somebody else's, and not wholly on the server yet
	FileRefused FileState = "refused" // on this computer only: the server does not take it, for its size or for want of room
	FileThere   FileState = "there"   // on the server, not fetched yet
)

// Here says whether the content can be opened without the network.
func (s FileState) Here() bool {
	return s == FileHere || s == FileWaiting || s == FileSending || s == FileRefused
}

// Files are the contents of attachments. Everything but Fetch works without the network.
type Files interface {
	// AddFile keeps a content on this device and writes the attachment that describes it, together: either both are there afterwards or none.
	// The hash and the size of a are set from the content, its media type from name and content where it is empty. It gives the attachment's id.
	AddFile(ctx context.Context, a Attachment, content io.Reader) (string, error)
	// FileStates tells where contents are, by hash.
	FileStates(ctx context.Context, hashes []string) (map[string]FileState, error)
	// FetchFile gives the path of an attachment's content on this device under its own file name, for other programs to read; it is fetched first when it
	// is not here. An Error with CodeNotReady says that it is still on its way to the server.
	FetchFile(ctx context.Context, attachmentID string) (path string, err error)
	// Thumbnail gives a small JPEG of an attachment that is a picture, fetched when it is not here; nil when there is none.
	Thumbnail(ctx context.Context, attachmentID string) ([]byte, error)
}

// ParentOf is the field by which an attachment belongs to a record of a kind, "" when files cannot be attached to that kind.
func ParentOf(kind string) string {
	f, ok := MustKind("attachment").Field(kind + "_id")
	if !ok || f.Of != kind || kind == "user" {
		return ""
	}
	return f.Name
}

// AttachTo sets the field by which an attachment belongs to a record; false when files cannot be attached to that kind.
func (a *Attachment) AttachTo(kind, id string) bool {
	switch kind {
	case "partner":
		a.PartnerID = id
	case "account":
		a.AccountID = id
	case "visit":
		a.VisitID = id
	case "feedback":
		a.FeedbackID = id
	case "opportunity":
		a.OpportunityID = id
	case "project":
		a.ProjectID = id
	default:
		return false
	}
	return true
}
