package console

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
)

const (
	sessionCookie  = "rounds_console"
	loginCookie    = "rounds_login" // ties the sign-in form to the browser that asked for it
	languageCookie = "rounds_language"
	formField      = "form"
)

// visitor finds who asks, or gives an Error with CodeSignedOut.
func (c *Console) visitor(r *http.Request) (*visitor, error) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil, &sales.Error{Code: sales.CodeSignedOut, Message: "not signed in"}
	}
	return c.visitorOf(r, cookie.Value)
}

func (c *Console) visitorOf(r *http.Request, token string) (*visitor, error) {
	caller, user, err := c.accounts.ConsoleUser(r.Context(), token)
	if err != nil {
		return nil, err
	}
	return &visitor{caller, user, token}, nil
}

// formToken is what a form has to carry: only who holds the cookie can know it.
func formToken(secret string) string {
	h := sha256.Sum256([]byte("form " + secret))
	return base64.RawURLEncoding.EncodeToString(h[:])
}

func validForm(r *http.Request, secret string) bool {
	return subtle.ConstantTimeCompare([]byte(r.PostFormValue(formField)), []byte(formToken(secret))) == 1
}

func (c *Console) loginPage(w http.ResponseWriter, r *http.Request) {
	if v, err := c.visitor(r); err == nil && v != nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	c.showLogin(w, r, http.StatusOK, "", nil)
}

func (c *Console) showLogin(w http.ResponseWriter, r *http.Request, status int, name string, problem error) {
	secret := rand.Text()
	setCookie(w, r, loginCookie, secret, 3600)
	p := c.view(r, nil, "login", "console.sign_in")
	p.Form, p.Data = formToken(secret), name
	if problem != nil {
		p.Problem = p.explain(problem)
	}
	c.render(w, r, status, p)
}

func (c *Console) login(w http.ResponseWriter, r *http.Request) {
	name := r.PostFormValue("user")
	cookie, err := r.Cookie(loginCookie)
	if err != nil || !validForm(r, cookie.Value) {
		c.showLogin(w, r, http.StatusForbidden, name, &sales.Error{Code: sales.CodeSignedOut, Message: "the sign-in page was too old", Hint: "try again"})
		return
	}
	browser, _, _ := strings.Cut(r.UserAgent(), " (")
	token, err := c.accounts.SignInToConsole(r.Context(), name, r.PostFormValue("password"), address(r), "web console, "+clip(browser, 40))
	if err == nil {
		var v *visitor
		if v, err = c.visitorOf(r, token); err == nil && !slices.Contains(visitors, v.caller.Role) {
			err = &sales.Error{Code: sales.CodeForbidden, Message: "the console is for administrators, managers, operations and auditors", Hint: "use the Rounds app"}
			if out := c.accounts.SignOut(r.Context(), token); out != nil {
				err = out
			}
		}
	}
	if err != nil {
		c.log.InfoContext(r.Context(), "console sign-in refused", "user", name, "address", address(r))
		c.showLogin(w, r, http.StatusForbidden, name, err)
		return
	}
	setCookie(w, r, sessionCookie, token, 0)
	setCookie(w, r, loginCookie, "", -1)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (c *Console) logout(w http.ResponseWriter, r *http.Request) {
	if v, err := c.visitor(r); err == nil && validForm(r, v.token) {
		if err := c.accounts.SignOut(r.Context(), v.token); err != nil {
			c.fail(w, r, v, err)
			return
		}
	}
	setCookie(w, r, sessionCookie, "", -1)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// language remembers the choice and goes back to the page that asked.
func (c *Console) language(w http.ResponseWriter, r *http.Request) {
	if lang := r.URL.Query().Get("to"); slices.Contains(languages, lang) {
		setCookie(w, r, languageCookie, lang, int((365 * 24 * time.Hour).Seconds()))
	}
	back := r.URL.Query().Get("back")
	// Browsers drop tabs and line ends and take a backslash for a slash: what they would make of it must not name another site.
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.ContainsFunc(back, func(c rune) bool { return c <= ' ' || c == '\\' || c == 0x7f }) {
		back = "/"
	}
	http.Redirect(w, r, back, http.StatusSeeOther) // #nosec G710 -- a path of this site, checked just above
}

// setCookie sets a cookie that scripts cannot read and other sites cannot send; age in seconds, 0 until the browser closes.
func setCookie(w http.ResponseWriter, r *http.Request, name, value string, age int) {
	http.SetCookie(w, &http.Cookie{ // #nosec G124 -- Secure wherever there is TLS; on loopback there is none
		Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https",
	})
}

// address is where a request comes from; a proxy on this computer is believed.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		list := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
		if last := strings.TrimSpace(list[len(list)-1]); last != "" {
			return last
		}
	}
	return host
}

func clip(s string, limit int) string {
	s = strings.ToValidUTF8(s, "")
	for i := range s {
		if i >= limit {
			return s[:i]
		}
	}
	return s
}
