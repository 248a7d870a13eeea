// Package console is the web console for those who run an organisation: users and devices, records with their history, the state of the
// buckets, the audit. Pages are rendered by the server, in English or Chinese, and work without JavaScript.
package console

import (
	"embed"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/wire"
)

//go:embed static/*
var static embed.FS

// Console serves the pages.
type Console struct {
	journal  *central.Journal
	accounts *accounts.Service
	log      *slog.Logger
	pages    pages
}

// visitor is who looks at a page.
type visitor struct {
	caller wire.Caller
	user   sales.User
	token  string
}

// may says whether the visitor has one of the roles; an administrator has all.
func (v *visitor) may(roles ...sales.Role) bool {
	return v.caller.Role == sales.RoleAdmin || slices.Contains(roles, v.caller.Role)
}

// visitors are the roles that the console is for.
var visitors = []sales.Role{sales.RoleAdmin, sales.RoleManager, sales.RoleOperations, sales.RoleAuditor}

// overseers see what concerns the whole organisation.
var overseers = []sales.Role{sales.RoleOperations, sales.RoleAuditor}

// New makes the console.
func New(journal *central.Journal, acc *accounts.Service, log *slog.Logger) http.Handler {
	c := &Console{journal: journal, accounts: acc, log: log, pages: mustPages()}
	files, err := fs.Sub(static, "static")
	if err != nil {
		panic("console: " + err.Error()) // only when the folder is not embedded
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", http.StripPrefix("/static/", cached(http.FileServerFS(files))))
	mux.HandleFunc("GET /login", c.loginPage)
	mux.HandleFunc("POST /login", c.login)
	mux.HandleFunc("POST /logout", c.logout)
	mux.HandleFunc("GET /language", c.language)
	mux.HandleFunc("GET /{$}", c.page(c.home, visitors...))
	mux.HandleFunc("GET /records", c.page(c.kinds, visitors...))
	mux.HandleFunc("GET /records/{kind}", c.page(c.records, visitors...))
	mux.HandleFunc("GET /records/{kind}/{id}", c.page(c.record, visitors...))
	mux.HandleFunc("GET /users", c.page(c.users, overseers...))
	mux.HandleFunc("POST /users", c.page(c.addUser))
	mux.HandleFunc("GET /users/{name}", c.page(c.user, overseers...))
	mux.HandleFunc("POST /users/{name}/disable", c.page(c.disableUser))
	mux.HandleFunc("POST /users/{name}/enable", c.page(c.enableUser))
	mux.HandleFunc("POST /users/{name}/password", c.page(c.setPassword))
	mux.HandleFunc("POST /users/{name}/revoke", c.page(c.revoke))
	mux.HandleFunc("GET /buckets", c.page(c.buckets, overseers...))
	mux.HandleFunc("GET /audit", c.page(c.audit, overseers...))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { c.refuse(w, r, nil, http.StatusNotFound, nil) })
	// Nobody else's page may send forms here; the token in each form is the second lock.
	return secured(http.NewCrossOriginProtection().Handler(mux))
}

// secured sends the headers that keep a page to itself.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		next.ServeHTTP(w, r)
	})
}

func cached(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=3600")
		next.ServeHTTP(w, r)
	})
}

// handler answers a request of a visitor; an error becomes a page that says what to do.
type handler func(w http.ResponseWriter, r *http.Request, v *visitor) error

// page lets signed-in visitors with one of the roles through; administrators always. Whatever changes something has to carry the
// session's own token.
func (c *Console) page(h handler, roles ...sales.Role) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := c.visitor(r)
		if sales.HasCode(err, sales.CodeSignedOut) {
			http.Redirect(w, r, "/login", http.StatusSeeOther)
			return
		}
		if err != nil {
			c.fail(w, r, nil, err)
			return
		}
		if !v.may(roles...) {
			c.refuse(w, r, v, http.StatusForbidden, nil)
			return
		}
		if r.Method == http.MethodPost && !validForm(r, v.token) {
			c.refuse(w, r, v, http.StatusForbidden, &sales.Error{Code: sales.CodeSignedOut, Message: "the form is too old", Hint: "go back, load the page again and repeat"})
			return
		}
		if err := h(w, r, v); err != nil {
			c.fail(w, r, v, err)
		}
	}
}
