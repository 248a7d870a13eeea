package sales

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"
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
	FileDamaged FileState = "damaged" // on this computer only, and not what it was when it was added: it cannot be sent
	FileThere   FileState = "there"   // on the server, not fetched yet
)

// Here says whether the content can be opened without the network.
func (s FileState) Here() bool {
	return s == FileHere || s == FileWaiting || s == FileSending || s == FileRefused || s == FileDamaged
}

// FileStatus is where a content is, and what keeps it from where it should be.
type FileStatus struct {
	State FileState
	// Problem is why the server does not have a content of this device: why it was refused, or what was in its way when it was to be sent last. It is nil while
	// nothing is known to be in its way.
	Problem error
}

// UnsentFile is a content that was added on this device and that the server does not have whole, with one of the attachments that name it. Where this user sees
// none of them any more, the attachment has only the hash and the size.
type UnsentFile struct {
	Attachment
	FileStatus
}

// Name is what people know a file by.
func (f UnsentFile) Name() string {
	if f.FileName != "" {
		return f.FileName
	}
	return f.SHA256
}

// Files are the contents of attachments. Everything but Fetch works without the network.
type Files interface {
	// AddFile keeps a content on this device and writes the attachment that describes it, together: either both are there afterwards or none.
	// The hash and the size of a are set from the content, its media type from name and content where it is empty. It gives the attachment's id.
	AddFile(ctx context.Context, a Attachment, content io.Reader) (string, error)
	// FileStates tells where contents are, by hash.
	FileStates(ctx context.Context, hashes []string) (map[string]FileStatus, error)
	// UnsentFiles lists the contents of this device that the server does not have: first those that it does not take or that cannot be sent, then in the order
	// in which they were added.
	UnsentFiles(ctx context.Context) ([]UnsentFile, error)
	// FetchFile gives the path of an attachment's content on this device under its own file name, for other programs to read; it is fetched first when it
	// is not here. An Error with CodeNotReady says that it is still on its way to the server.
	FetchFile(ctx context.Context, attachmentID string) (path string, err error)
	// Thumbnail gives a small JPEG of an attachment that is a picture, fetched when it is not here; nil when there is none.
	Thumbnail(ctx context.Context, attachmentID string) ([]byte, error)
}

// programs are the ends of names that a computer starts, or reads settings from, when a file of that name is opened.
var programs = []string{
	"app", "appimage", "appref-ms", "bat", "chm", "cmd", "com", "command", "cpl", "desktop", "dll", "exe", "hta", "inf", "jar", "jnlp", "js", "jse", "lnk",
	"msc", "msi", "msix", "msp", "pif", "pkg", "ps1", "py", "pyw", "reg", "run", "scf", "scr", "sct", "settingcontent-ms", "sh", "url", "vb", "vbe", "vbs",
	"workflow", "wsf", "wsh", "xll",
}

// IsProgram tells by a file's name that opening it could start something instead of showing something. What a colleague attached is never started.
func IsProgram(name string) bool {
	name = strings.TrimRight(name, ". ") // Windows does not see these
	return slices.Contains(programs, strings.ToLower(strings.TrimPrefix(filepath.Ext(name), ".")))
}

// ParentOf is the field by which an attachment belongs to a record of a kind, "" when files cannot be attached to that kind.
func ParentOf(kind string) string {
	f, ok := MustKind("attachment").Field(kind + "_id")
	if !ok || f.Of != kind || kind == "user" {
		return ""
	}
	return f.Name
}

// Parent is the record at which an attachment was added: the most particular of those that it belongs to. Both are empty when it belongs to none.
func (a Attachment) Parent() (kind, id string) {
	for _, p := range [][2]string{
		{"visit", a.VisitID},
		{"feedback", a.FeedbackID},
		{"opportunity", a.OpportunityID},
		{"project", a.ProjectID},
		{"partner", a.PartnerID},
		{"account", a.AccountID},
	} {
		if p[1] != "" {
			return p[0], p[1]
		}
	}
	return "", ""
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
