package sales

import (
	"strings"
	"time"
)

// The statuses of a feedback, in order (SC-040-010): captured → acknowledged → in_progress → answered → closed.
const (
	FeedbackCaptured     = "captured"
	FeedbackAcknowledged = "acknowledged"
	FeedbackInProgress   = "in_progress"
	FeedbackAnswered     = "answered"
	FeedbackClosed       = "closed"
)

// nextFeedbackStatuses says which status may follow which: any later one, and back to work when an answer did not help.
var nextFeedbackStatuses = map[string][]string{
	FeedbackCaptured:     {FeedbackAcknowledged, FeedbackInProgress, FeedbackAnswered, FeedbackClosed},
	FeedbackAcknowledged: {FeedbackInProgress, FeedbackAnswered, FeedbackClosed},
	FeedbackInProgress:   {FeedbackAnswered, FeedbackClosed},
	FeedbackAnswered:     {FeedbackInProgress, FeedbackClosed},
	FeedbackClosed:       {FeedbackInProgress},
}

// titleLength bounds a title that is made from the text, in characters.
const titleLength = 40

// NextStatuses lists the statuses that may follow the feedback's own.
func (f Feedback) NextStatuses() []string { return nextFeedbackStatuses[f.Status] }

// Open says whether the feedback still waits for something.
func (f Feedback) Open() bool { return f.Status != FeedbackClosed }

// AnswerDays is the number of days within which feedback of a severity is to be answered.
func AnswerDays(severity string) int {
	switch severity {
	case "critical":
		return 1
	case "high":
		return 3
	case "low":
		return 30
	}
	return 10
}

// Overdue counts the days by which the answer is late; 0 when it is answered, or not late.
func (f Feedback) Overdue(today Date) int {
	if f.Status == FeedbackAnswered || f.Status == FeedbackClosed || f.CapturedAt == 0 {
		return 0
	}
	return max(0, DaysBetween(DateOf(f.CapturedAt.Time()), today)-AnswerDays(f.Severity))
}

// Reply gives the edits that add a message to the feedback's thread. Somebody else's first reply takes it from captured to
// acknowledged, and a reply to closed feedback opens it again.
func Reply(f Feedback, body string, now time.Time, authorID string) []Edit {
	edits := []Edit{CreateOf(FeedbackReply{ID: NewID(), FeedbackID: f.ID, AuthorID: authorID, Body: body, WrittenAt: InstantOf(now)})}
	next := f
	switch {
	case f.Status == FeedbackClosed:
		next.Status = FeedbackInProgress
	case f.Status == FeedbackCaptured && authorID != f.OwnerID:
		next.Status = FeedbackAcknowledged
	default:
		return edits
	}
	return append(edits, UpdateOf(f, next))
}

// Close ends the feedback with its answer. Validate refuses an empty answer.
func (f Feedback) Close(answer string) Feedback {
	f.Status, f.ClosedWith = FeedbackClosed, answer
	return f
}

func (f Feedback) check(prev *Record) Errors {
	var errs Errors
	if prev != nil && prev.Text("status") != f.Status && f.Status == FeedbackClosed && f.ClosedWith == "" {
		errs = append(errs, refuse(CodeReasonNeeded, "feedback", "closed_with", "write the answer", "closing it needs the answer that was given"))
	}
	return append(errs, checkStep(prev, "feedback", "status", f.Status, nextFeedbackStatuses)...)
}

func (f *Feedback) complete(now time.Time, userID string) {
	f.Status = firstOf(f.Status, FeedbackCaptured)
	f.Severity = firstOf(f.Severity, "normal")
	f.OwnerID = firstOf(f.OwnerID, userID)
	f.Title = firstOf(f.Title, TitleFrom(f.Body))
	if f.CapturedAt == 0 {
		f.CapturedAt = InstantOf(now)
	}
}

// TitleFrom makes a title from the first line of a text, cut to 40 characters.
func TitleFrom(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	line = strings.TrimSpace(line)
	chars := []rune(line)
	if len(chars) <= titleLength {
		return line
	}
	return strings.TrimSpace(string(chars[:titleLength-1])) + "…"
}

func (r *FeedbackReply) complete(now time.Time, userID string) {
	r.AuthorID = firstOf(r.AuthorID, userID)
	if r.WrittenAt == 0 {
		r.WrittenAt = InstantOf(now)
	}
}
