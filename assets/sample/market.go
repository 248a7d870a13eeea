package sample

import (
	"fmt"
	"strconv"

	"github.com/rounds-field/rounds/sales"
)

// smallFeedback is one in how many comments the small scale keeps.
const smallFeedback = 27

// addFeedback takes what customers wrote to the visits that were made, and adds a little market news of these days.
func (b *builder) addFeedback() error {
	table, err := rows("feedback.csv")
	if err != nil {
		return err
	}
	var made []sales.Visit
	for _, v := range b.visits {
		if v.Status == sales.VisitDone {
			made = append(made, v)
		}
	}
	for i, row := range table {
		if !b.full && i%smallFeedback != 0 {
			continue
		}
		v := made[b.rnd.IntN(len(made))]
		f := sales.Feedback{
			ID: id("feedback", strconv.Itoa(i)), Category: row[0], Positive: row[1] == "1", Body: row[2], VisitID: v.ID, PartnerID: v.PartnerID,
			AccountID: v.AccountID, OwnerID: v.OwnerID, CapturedAt: v.EndedAt,
		}
		f.Kind, f.Severity = pick(b.rnd, "satisfaction", "satisfaction", "suggestion"), pick(b.rnd, "low", "normal")
		if !f.Positive {
			f.Kind, f.Severity = pick(b.rnd, "complaint", "product"), pick(b.rnd, "normal", "normal", "normal", "high", "high")
			if b.chance(3) {
				f.Severity = "critical"
			}
		}
		b.addComment(f)
	}
	b.addNews()
	return nil
}

// addComment brings the feedback to where it stands by its age, with the thread that led there.
func (b *builder) addComment(f sales.Feedback) {
	age := sales.DaysBetween(sales.DateOf(f.CapturedAt.Time()), b.today)
	f.Status = sales.FeedbackCaptured
	switch {
	case age > 45 && b.chance(85):
		f = f.Close(pick(b.rnd, closingAnswers...))
	case age > 14:
		f.Status = pick(b.rnd, sales.FeedbackAcknowledged, sales.FeedbackInProgress, sales.FeedbackAnswered)
	case age > 4:
		f.Status = pick(b.rnd, sales.FeedbackCaptured, sales.FeedbackAcknowledged, sales.FeedbackInProgress)
	}
	f.Title = sales.TitleFrom(f.Body)
	b.add(f)
	if f.Status == sales.FeedbackCaptured {
		return
	}
	hour := sales.Instant(60 * 60 * 1000)
	b.add(sales.FeedbackReply{
		ID: id("feedback_reply", f.ID+"/1"), FeedbackID: f.ID, AuthorID: b.managerOf(f.OwnerID), Body: pick(b.rnd, firstReplies...),
		WrittenAt: f.CapturedAt + sales.Instant(1+b.rnd.IntN(30))*hour,
	})
	if f.Status == sales.FeedbackAnswered || f.Status == sales.FeedbackClosed && b.chance(50) {
		b.add(sales.FeedbackReply{
			ID: id("feedback_reply", f.ID+"/2"), FeedbackID: f.ID, AuthorID: f.OwnerID, Body: pick(b.rnd, secondReplies...),
			WrittenAt: f.CapturedAt + sales.Instant(31+b.rnd.IntN(40))*hour,
		})
	}
}

// addNews adds what representatives heard of competitors, prices and the channel these days.
func (b *builder) addNews() {
	for i, n := range marketNews {
		rep := reps()[i%len(reps())]
		mine := b.worked(rep.ID)
		c := mine[(i*13+2)%len(mine)]
		f := sales.Feedback{
			ID: id("feedback", "news/"+strconv.Itoa(i)), Kind: n.kind, Body: n.text, Competitor: n.competitor, Severity: n.severity,
			OwnerID: rep.ID, CapturedAt: b.at(-i/3, 11+i%6, 10), Tags: []string{"市场动态"},
		}
		if f.CapturedAt > sales.InstantOf(b.now) {
			f.CapturedAt = sales.InstantOf(b.now)
		}
		if c.partner {
			f.PartnerID = c.id
		} else {
			f.AccountID = c.id
		}
		b.addComment(f)
	}
}

func (b *builder) addAnnouncements() error {
	author := b.users["zhou.min"].ID
	for i, a := range announcements {
		r := sales.Announcement{
			ID: id("announcement", strconv.Itoa(i)), Title: a.title, Body: a.body, Category: a.category, PublishedOn: b.day(a.day),
			MustConfirm: a.confirm, Roles: a.roles, AuthorID: author,
		}
		if a.lasts > 0 {
			r.ExpiresOn = b.day(a.day + a.lasts)
		}
		b.add(r)
		for j, u := range reps() { // older ones have been read by most
			if a.day < -6 && (i+j)%4 != 0 {
				b.add(sales.Receipt{
					ID: id("receipt", fmt.Sprintf("%d/%s", i, u.Name)), AnnouncementID: r.ID, UserID: u.ID, ReadAt: b.at(a.day+1, 9, j),
				})
			}
		}
	}
	return nil
}
