package sales

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
)

func (t Territory) check(*Record) Errors {
	if t.ParentCode == t.Code {
		return Errors{refuse(CodeBadOrder, "territory", "parent_code", "name the territory above it, or none", "%q cannot lie below itself", t.Code)}
	}
	return nil
}

// A sign-in name is typed at prompts and stands in tables: no blanks, nothing invisible.
func (u User) check(*Record) Errors {
	bad := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
	if strings.ContainsFunc(u.Name, bad) {
		e := refuse(CodeInvalid, "user", "name", "use letters, digits, dots and hyphens, such as li.na", "%q has blanks or invisible characters", u.Name)
		e.Args = map[string]any{"Value": u.Name}
		return Errors{e}
	}
	return nil
}

// Label is the name under which the user appears: the display name, else the sign-in name.
func (u User) Label() string { return firstOf(u.DisplayName, u.Name) }

// Access is what the user may see.
func (u User) Access() Access {
	return Access{UserID: u.ID, Role: Role(u.Role), Territories: u.Territories}
}

func (p Product) check(*Record) Errors { return notNegative("product", amount{"price", p.Price}) }

func (p *Product) complete(time.Time, string) { p.Currency = currencyFor(p.Price, p.Currency) }

// Active says whether the announcement is published and has not expired.
func (a Announcement) Active(today Date) bool {
	return a.PublishedOn <= today && (a.ExpiresOn == "" || a.ExpiresOn >= today)
}

// For says whether the announcement is meant for a role.
func (a Announcement) For(role Role) bool {
	return len(a.Roles) == 0 || slices.Contains(a.Roles, string(role))
}

// Unread says whether the announcement is active, meant for the user's role, and has no receipt of the user's among those given.
func (a Announcement) Unread(today Date, role Role, userID string, receipts []Receipt) bool {
	return a.Active(today) && a.For(role) && !slices.ContainsFunc(receipts, func(r Receipt) bool {
		return r.AnnouncementID == a.ID && r.UserID == userID
	})
}

// NeedsReceipt says whether the user still has to confirm having read the announcement.
func (a Announcement) NeedsReceipt(today Date, role Role, userID string, receipts []Receipt) bool {
	return a.MustConfirm && a.Unread(today, role, userID, receipts)
}

func (a Announcement) check(*Record) Errors {
	errs := ordered("announcement", "published_on", a.PublishedOn, "expires_on", a.ExpiresOn)
	for _, r := range a.Roles {
		if !slices.Contains(Roles(), Role(r)) {
			e := refuse(CodeInvalid, "announcement", "roles", "use rep, manager, operations, admin or auditor", "there is no role %q", r)
			e.Args = map[string]any{"Value": r}
			errs = append(errs, e)
		}
	}
	return errs
}

func (a *Announcement) complete(now time.Time, userID string) {
	a.AuthorID = firstOf(a.AuthorID, userID)
	a.Category = firstOf(a.Category, "news")
	if a.PublishedOn == "" {
		a.PublishedOn = DateOf(now)
	}
}

func (r *Receipt) complete(now time.Time, userID string) {
	r.UserID = firstOf(r.UserID, userID)
	if r.ReadAt == 0 {
		r.ReadAt = InstantOf(now)
	}
}

func (a Attachment) check(*Record) Errors {
	errs := notNegative("attachment", amount{"size", a.Size})
	if raw, err := hex.DecodeString(a.SHA256); err != nil || len(raw) != 0 && len(raw) != 32 {
		e := refuse(CodeInvalid, "attachment", "sha256", "attach the file again", "%q is not a SHA-256 hash", a.SHA256)
		e.Args = map[string]any{"Value": a.SHA256}
		errs = append(errs, e)
	}
	return errs
}

func (a *Attachment) complete(_ time.Time, userID string) { a.OwnerID = firstOf(a.OwnerID, userID) }

func (v SavedView) check(*Record) Errors {
	if v.Query != "" && !json.Valid([]byte(v.Query)) {
		return Errors{refuse(CodeInvalid, "saved_view", "query", "save the view again", "the stored state is not JSON")}
	}
	return nil
}

func (v *SavedView) complete(_ time.Time, userID string) { v.UserID = firstOf(v.UserID, userID) }
