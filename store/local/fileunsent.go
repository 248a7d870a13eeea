package local

import (
	"context"
	"encoding/json"

	"github.com/rounds-field/rounds/sales"
)

// unsent is the condition that a content was added on this device, that the server has not got it whole, and that it is to have it.
const unsent = `own > 0 AND sent_at = 0 AND here = 1 AND NOT (own = 2 AND problem != '') AND (EXISTS (SELECT 1 FROM attachment WHERE sha256 = hash) OR ` + toBeSent + `)`

// fileProblem is how the reason is kept for which a content is not on the server.
type fileProblem struct {
	Code    string `json:"code"`
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
	Hint    string `json:"hint,omitempty"`
	Limit   string `json:"limit,omitempty"`
}

func encodeProblem(why *sales.Error) (string, error) {
	limit, _ := why.Args["Limit"].(string)
	message := why.Message
	if why.Cause != nil {
		message += ": " + why.Cause.Error()
	}
	b, err := json.Marshal(fileProblem{Code: why.Code, Reason: why.Reason, Message: message, Hint: why.Hint, Limit: limit})
	return string(b), err
}

// decodeProblem gives the reason that was kept; nil for none.
func decodeProblem(text string) error {
	if text == "" {
		return nil
	}
	var p fileProblem
	if json.Unmarshal([]byte(text), &p) != nil || p.Code == "" {
		// An earlier program kept the code alone. The next time that the file is offered brings the rest.
		p = fileProblem{Code: text, Message: "it could not be sent (" + text + ")", Hint: "it stays here and is offered again by itself"}
		if text == sales.CodeFile {
			p.Reason = sales.FileReasonDamaged
		}
	}
	e := &sales.Error{Code: p.Code, Reason: p.Reason, Kind: kindAttachment, Field: "sha256", Message: p.Message, Hint: p.Hint}
	if p.Limit != "" {
		e.Args = map[string]any{"Limit": p.Limit}
	}
	return e
}

// refusedStatus tells a content that was damaged here from one that the server does not take.
func refusedStatus(why error) sales.FileStatus {
	if sales.HasCode(why, sales.CodeFile) {
		return sales.FileStatus{State: sales.FileDamaged, Problem: why}
	}
	return sales.FileStatus{State: sales.FileRefused, Problem: why}
}

// FilesWaiting counts the contents of this device that the server has not got whole, and of these, those that it does not take or that cannot be sent.
func (s *Store) FilesWaiting(ctx context.Context) (all, refused int, err error) {
	err = s.reading.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(problem != ''), 0) FROM wb_file WHERE "+unsent).Scan(&all, &refused)
	return all, refused, s.explain("count the files to send", err)
}

// UnsentFiles lists the contents of this device that the server has not got whole; see sales.Files.
func (s *Store) UnsentFiles(ctx context.Context) ([]sales.UnsentFile, error) {
	const doing = "list the files to send"
	rows, err := s.reading.QueryContext(ctx, `SELECT hash, size, problem, coalesce((SELECT max(id) FROM attachment WHERE sha256 = hash), '')
		FROM wb_file WHERE `+unsent+` ORDER BY problem = '', added_at, hash`)
	if err != nil {
		return nil, s.explain(doing, err)
	}
	defer rows.Close()
	var out []sales.UnsentFile
	for rows.Next() {
		f := sales.UnsentFile{FileStatus: sales.FileStatus{State: sales.FileWaiting}}
		problem := ""
		if err := rows.Scan(&f.SHA256, &f.Size, &problem, &f.ID); err != nil {
			return nil, s.explain(doing, err)
		}
		if why := decodeProblem(problem); why != nil {
			f.FileStatus = refusedStatus(why)
		}
		out = append(out, f)
	}
	if err := rows.Err(); err != nil {
		return nil, s.explain(doing, err)
	}
	for i := range out {
		if out[i].ID == "" {
			continue
		}
		r, err := s.Get(ctx, kindAttachment, out[i].ID)
		if sales.HasCode(err, sales.CodeNotFound) { // deleted since
			out[i].ID = ""
			continue
		}
		if err != nil {
			return nil, err
		}
		out[i].Attachment = sales.As[sales.Attachment](r)
	}
	return out, nil
}
