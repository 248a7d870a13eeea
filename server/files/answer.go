package files

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/rounds-field/rounds/sales"
)

// answer is a refusal as the caller reads it.
type answer struct {
	status  int
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Limit   any    `json:"limit,omitempty"`
}

// answerTo sorts an error. The text of a refusal goes to the caller; that of a fault stays in the log.
func answerTo(err error) answer {
	var e *sales.Error
	if !errors.As(err, &e) {
		return answer{status: http.StatusInternalServerError, Code: sales.CodeInternal, Message: "a fault of the server; it is in its log"}
	}
	a := answer{Code: e.Code, Message: e.Message, Hint: e.Hint, Limit: e.Args["Limit"]}
	switch e.Code {
	case sales.CodeSignedOut:
		a.status = http.StatusUnauthorized
	case sales.CodeForbidden:
		a.status = http.StatusForbidden
	case sales.CodeNotFound, sales.CodeNotReady:
		a.status = http.StatusNotFound
	case sales.CodeTooLarge:
		a.status = http.StatusRequestEntityTooLarge
	case sales.CodeQuota:
		a.status = http.StatusInsufficientStorage
	case sales.CodeInvalid:
		a.status = http.StatusBadRequest
		if errors.Is(err, errMismatch) {
			a.status = http.StatusUnprocessableEntity
		}
	case sales.CodeStorage:
		a = answer{status: http.StatusServiceUnavailable, Code: sales.CodeStorage, Message: "the server's file store does not answer", Hint: "try again later"}
	default:
		a = answer{status: http.StatusInternalServerError, Code: sales.CodeInternal, Message: "a fault of the server; it is in its log"}
	}
	return a
}

func (a answer) write(w http.ResponseWriter) {
	_ = writeJSON(w, a.status, a) // who asked may have gone
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(v)
}
