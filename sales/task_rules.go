package sales

import "time"

// The statuses of a task. Any may follow any: a task may be opened again.
const (
	TaskOpen      = "open"
	TaskDone      = "done"
	TaskCancelled = "cancelled"
)

// Open says whether the task is still to be done.
func (t Task) Open() bool { return t.Status == "" || t.Status == TaskOpen }

// Overdue counts the days by which an open task is late; 0 when it is not.
func (t Task) Overdue(today Date) int {
	if !t.Open() || t.DueOn == "" {
		return 0
	}
	return max(0, DaysBetween(t.DueOn, today))
}

// DueToday says whether an open task is due on this day.
func (t Task) DueToday(today Date) bool { return t.Open() && t.DueOn != "" && t.DueOn == today }

// ReminderDue says whether the moment of an open task's reminder has come.
func (t Task) ReminderDue(now time.Time) bool {
	return t.Open() && t.RemindAt != 0 && t.RemindAt <= InstantOf(now)
}

// Finish marks the task as done now.
func (t Task) Finish(now time.Time) Task {
	t.Status, t.DoneAt = TaskDone, InstantOf(now)
	return t
}

// Reopen makes the task open again.
func (t Task) Reopen() Task {
	t.Status, t.DoneAt = TaskOpen, 0
	return t
}

// Postpone moves the due day, and the reminder by as many days.
func (t Task) Postpone(to Date) Task {
	if t.RemindAt != 0 {
		if days := DaysBetween(t.DueOn, to); days > 0 {
			t.RemindAt += Instant(days * 24 * 60 * 60 * 1000)
		}
	}
	t.DueOn = to
	return t
}

// FollowUp is the task to which the question "next follow-up?" after a visit leads.
func FollowUp(v Visit, title string, on Date) Task {
	return Task{
		Title: title, DueOn: on, Status: TaskOpen, Priority: "normal", OwnerID: v.OwnerID,
		PartnerID: v.PartnerID, AccountID: v.AccountID, VisitID: v.ID,
	}
}

func (t *Task) complete(now time.Time, userID string) {
	t.Status = firstOf(t.Status, TaskOpen)
	t.Priority = firstOf(t.Priority, "normal")
	t.OwnerID = firstOf(t.OwnerID, userID)
	if t.Status == TaskDone && t.DoneAt == 0 {
		t.DoneAt = InstantOf(now)
	}
}
