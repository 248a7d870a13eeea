package console

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
)

type usersPage struct {
	Users []accounts.User
	Roles []sales.Role
	New   accounts.NewUser // what was typed, after a refusal; never the password
	Codes string
}

func (c *Console) users(w http.ResponseWriter, r *http.Request, v *visitor) error {
	p := c.view(r, v, "users", "console.users")
	if name := r.URL.Query().Get("added"); name != "" {
		p.Notice = p.T("console.added", "Name", name)
	}
	return c.showUsers(w, r, http.StatusOK, p, accounts.NewUser{Role: sales.RoleRep}, "")
}

func (c *Console) showUsers(w http.ResponseWriter, r *http.Request, status int, p *view, typed accounts.NewUser, codes string) error {
	list, err := c.accounts.List(r.Context())
	if err != nil {
		return err
	}
	typed.Password = ""
	p.Data = usersPage{Users: list, Roles: sales.Roles(), New: typed, Codes: codes}
	c.render(w, r, status, p)
	return nil
}

// addUser is for administrators only, as everything that changes something.
func (c *Console) addUser(w http.ResponseWriter, r *http.Request, v *visitor) error {
	codes := r.PostFormValue("territories")
	u := accounts.NewUser{
		Name: r.PostFormValue("name"), DisplayName: r.PostFormValue("display_name"), Role: sales.Role(r.PostFormValue("role")), Password: r.PostFormValue("password"),
		Territories: strings.FieldsFunc(codes, func(c rune) bool { return strings.ContainsRune(",;，、； \t\n", c) }),
	}
	if _, _, err := c.accounts.Add(r.Context(), v.caller, u); err != nil {
		p := c.view(r, v, "users", "console.users")
		p.Problem = p.explain(err)
		return c.showUsers(w, r, http.StatusBadRequest, p, u, codes)
	}
	http.Redirect(w, r, "/users?added="+url.QueryEscape(u.Name), http.StatusSeeOther)
	return nil
}

type userPage struct {
	Name    string
	User    accounts.User
	Devices []accounts.Device
	Self    bool
}

func (c *Console) user(w http.ResponseWriter, r *http.Request, v *visitor) error {
	name := r.PathValue("name")
	list, err := c.accounts.List(r.Context())
	if err != nil {
		return err
	}
	devices, err := c.accounts.Devices(r.Context(), name)
	if err != nil {
		return err
	}
	p := c.view(r, v, "user", "console.users")
	data := userPage{Name: name, Devices: devices}
	for _, u := range list {
		if u.Name == name {
			data.User, data.Self = u, u.ID == v.caller.UserID
		}
	}
	p.Title = data.User.DisplayName
	if what := r.URL.Query().Get("done"); what != "" {
		if text, ok := p.lookup("console.done." + what); ok {
			p.Notice = text
		}
	}
	p.Data = data
	c.render(w, r, http.StatusOK, p)
	return nil
}

func (c *Console) disableUser(w http.ResponseWriter, r *http.Request, v *visitor) error {
	name := r.PathValue("name")
	return c.done(w, r, "disabled", c.accounts.SetDisabled(r.Context(), v.caller, name, true))
}

func (c *Console) enableUser(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return c.done(w, r, "enabled", c.accounts.SetDisabled(r.Context(), v.caller, r.PathValue("name"), false))
}

func (c *Console) setPassword(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return c.done(w, r, "password", c.accounts.SetPassword(r.Context(), v.caller, r.PathValue("name"), r.PostFormValue("password")))
}

func (c *Console) revoke(w http.ResponseWriter, r *http.Request, v *visitor) error {
	_, err := c.accounts.Revoke(r.Context(), v.caller, r.PathValue("name"), r.PostFormValue("device"))
	return c.done(w, r, "revoked", err)
}

// done goes back to the user's page and says what was done there.
func (c *Console) done(w http.ResponseWriter, r *http.Request, what string, err error) error {
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/users/"+url.PathEscape(r.PathValue("name"))+"?done="+what, http.StatusSeeOther)
	return nil
}
