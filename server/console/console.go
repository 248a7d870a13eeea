// Package console is the web console for administrators and managers: server-rendered pages that work without JavaScript.
package console

import (
	"log/slog"
	"net/http"

	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/store/central"
)

// New makes the console.
func New(_ *central.Journal, _ *accounts.Service, _ *slog.Logger) http.Handler {
	return http.NotFoundHandler()
}
