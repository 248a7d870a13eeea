package console_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/server/console"
	"github.com/rounds-field/rounds/store/central"
	"github.com/rounds-field/rounds/sync/hlc"
	"github.com/rounds-field/rounds/sync/wire"
)

const password = "correct horse"

// office is a server with an administrator, a manager of one territory, a representative, and two partners.
type office struct {
	t       *testing.T
	journal *central.Journal
	url     string
	partner string // in territory 31, with a lost value in its history
	other   string // in territory 44
}

func newOffice(t *testing.T) *office {
	t.Helper()
	j, err := central.Open(t.Context(), filepath.Join(t.TempDir(), "rounds.db"), central.Options{Sync: "normal"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	o := &office{t: t, journal: j}
	o.commit(sales.CreateOf(sales.Territory{Code: "31", Name: "上海市"}), sales.CreateOf(sales.Territory{Code: "44", Name: "广东省"}))
	acc := accounts.New(j, nil)
	ids, _, err := acc.Add(t.Context(), wire.Caller{},
		accounts.NewUser{Name: "admin", DisplayName: "系统管理员", Role: sales.RoleAdmin, Password: password},
		accounts.NewUser{Name: "chen.wei", DisplayName: "陈伟", Role: sales.RoleManager, Territories: []string{"31"}, Password: password},
		accounts.NewUser{Name: "li.na", DisplayName: "李娜", Role: sales.RoleRep, Territories: []string{"31"}, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	o.partner = o.commit(sales.CreateOf(sales.Partner{Code: "P-1", Name: "东方数码", Tier: "gold", Status: "active", RegionCode: "31", CreditLimit: 123456700, Currency: "CNY", OwnerID: ids[2], Notes: "老客户\n每月走访"}))[0]
	o.other = o.commit(sales.CreateOf(sales.Partner{Code: "P-2", Name: "南方科技", RegionCode: "44"}))[0]
	o.lose(ids[2], o.partner)
	srv := httptest.NewServer(console.New(j, acc, slog.New(slog.DiscardHandler)))
	t.Cleanup(srv.Close)
	o.url = srv.URL
	return o
}

func (o *office) commit(edits ...sales.Edit) []string {
	o.t.Helper()
	ids, err := o.journal.Commit(o.t.Context(), wire.Caller{}, edits...)
	if err != nil {
		o.t.Fatal(err)
	}
	return ids
}

// lose lets an edit of a device lose against a later one of the server.
func (o *office) lose(userID, partner string) {
	o.t.Helper()
	inc := uuid.NewString()
	_, err := o.journal.Push(o.t.Context(), wire.Caller{Access: sales.Access{UserID: userID, Role: sales.RoleRep, Territories: []string{"31"}}, Device: "李娜的笔记本"}, wire.PushRequest{
		Incarnation: inc,
		Changes: []wire.Change{{
			ID: sales.NewID(), Counter: 1, Group: 1, Kind: "partner", RecordID: partner, Verb: sales.Update, Schema: wire.SchemaVersion,
			HLC: hlc.ReadingAt(time.Now().Add(-time.Hour)), Fields: []wire.FieldEdit{{Number: 2, Value: "东方数字"}, {Number: 7, Value: "021-5555 0101"}},
		}},
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

// visitor is a browser without JavaScript.
type visitor struct {
	o      *office
	client *http.Client
	lang   string
}

func (o *office) visitor(lang string) *visitor {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	return &visitor{o, &http.Client{Jar: jar}, lang}
}

func (v *visitor) do(req *http.Request) (int, string) {
	v.o.t.Helper()
	req.Header.Set("Accept-Language", v.lang)
	resp, err := v.client.Do(req)
	if err != nil {
		v.o.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		v.o.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func (v *visitor) get(path string) (int, string) {
	v.o.t.Helper()
	req, err := http.NewRequestWithContext(v.o.t.Context(), http.MethodGet, v.o.url+path, http.NoBody)
	if err != nil {
		v.o.t.Fatal(err)
	}
	return v.do(req)
}

func (v *visitor) post(path string, form url.Values) (int, string) {
	v.o.t.Helper()
	req, err := http.NewRequestWithContext(v.o.t.Context(), http.MethodPost, v.o.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.o.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(req)
}

var formToken = regexp.MustCompile(`name="form" value="([^"]+)"`)

// token reads the form token from a page.
func (v *visitor) token(path string) string {
	v.o.t.Helper()
	_, page := v.get(path)
	m := formToken.FindStringSubmatch(page)
	if m == nil {
		v.o.t.Fatalf("no form on %s", path)
	}
	return m[1]
}

func (v *visitor) signIn(name, pass string) (int, string) {
	v.o.t.Helper()
	return v.post("/login", url.Values{"form": {v.token("/login")}, "user": {name}, "password": {pass}})
}

func (v *visitor) want(path string, status int, texts ...string) string {
	v.o.t.Helper()
	got, page := v.get(path)
	if got != status {
		v.o.t.Errorf("%s: status %d, want %d", path, got, status)
	}
	for _, s := range texts {
		if !strings.Contains(page, s) {
			v.o.t.Errorf("%s: %q is not on the page", path, s)
		}
	}
	return page
}

func TestNothingIsShownWithoutSigningIn(t *testing.T) {
	v := newOffice(t).visitor("en")
	for _, path := range []string{"/", "/records", "/records/partner", "/users", "/audit", "/buckets"} {
		if _, page := v.get(path); !strings.Contains(page, `action="/login"`) || strings.Contains(page, "东方") {
			t.Errorf("%s is shown to a stranger", path)
		}
	}
}

func TestAWrongPasswordAndARepAreTurnedAway(t *testing.T) {
	o := newOffice(t)
	if status, page := o.visitor("en").signIn("admin", "wrong one"); status != http.StatusForbidden || !strings.Contains(page, "The user name or the password is wrong") {
		t.Errorf("wrong password: %d", status)
	}
	v := o.visitor("zh-CN")
	if status, page := v.signIn("li.na", password); status != http.StatusForbidden || !strings.Contains(page, `role="alert"`) {
		t.Errorf("a representative: %d", status)
	}
	v.want("/records", http.StatusOK, `action="/login"`)
}

func TestAManagerSeesTheirTerritoryOnly(t *testing.T) {
	o := newOffice(t)
	v := o.visitor("zh-CN")
	v.signIn("chen.wei", password)
	page := v.want("/records/partner", http.StatusOK, "东方数码", "渠道伙伴")
	if strings.Contains(page, "南方科技") {
		t.Error("a partner of another territory is in the list")
	}
	v.want("/records/partner/"+o.other, http.StatusNotFound)
	v.want("/records/partner/"+o.partner, http.StatusOK, "东方数码", "021-5555 0101", "1,234,567.00", "李娜的笔记本", "东方数字", "未被采用")
	for _, path := range []string{"/users", "/audit", "/buckets", "/users/li.na"} {
		v.want(path, http.StatusForbidden)
	}
	if status, _ := v.post("/users", url.Values{"form": {v.token("/")}, "name": {"x"}, "role": {"admin"}, "password": {password}}); status != http.StatusForbidden {
		t.Errorf("a manager adds an administrator: %d", status)
	}
}

func TestAFormNeedsItsToken(t *testing.T) {
	o := newOffice(t)
	v := o.visitor("en")
	v.signIn("admin", password)
	if status, _ := v.post("/users/li.na/disable", url.Values{}); status != http.StatusForbidden {
		t.Errorf("without a token: %d", status)
	}
	form := url.Values{"form": {v.token("/")}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, o.url+"/users/li.na/disable", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "https://evil.example")
	if status, _ := v.do(req); status != http.StatusForbidden {
		t.Errorf("from another site: %d", status)
	}
	v.want("/users/li.na", http.StatusOK, "Active")
}

func TestTheAdministratorAddsDisablesAndFindsItInTheAudit(t *testing.T) {
	o := newOffice(t)
	v := o.visitor("en")
	v.signIn("admin", password)
	form := func(more url.Values) url.Values {
		more.Set("form", v.token("/"))
		return more
	}
	status, page := v.post("/users", form(url.Values{"name": {"Wang.Qiang"}, "display_name": {"王强"}, "role": {"rep"}, "territories": {"44, 31"}, "password": {password}}))
	if status != http.StatusOK || !strings.Contains(page, "wang.qiang") || !strings.Contains(page, "can sign in now") {
		t.Fatalf("add: %d", status)
	}
	if status, page := v.post("/users", form(url.Values{"name": {"wang.qiang"}, "role": {"rep"}, "password": {password}})); status != http.StatusBadRequest || !strings.Contains(page, "There is a user called wang.qiang already") {
		t.Errorf("the same name again: %d", status)
	}
	if status, page := v.post("/users", form(url.Values{"name": {"zhao"}, "role": {"rep"}, "territories": {"99"}, "password": {password}})); status != http.StatusBadRequest || !strings.Contains(page, "no territory with code 99") {
		t.Errorf("an unknown territory: %d", status)
	}
	if status, page := v.post("/users/wang.qiang/disable", form(url.Values{})); status != http.StatusOK || !strings.Contains(page, "Enable this user") {
		t.Errorf("disable: %d", status)
	}
	if status, _ := v.post("/users/admin/disable", form(url.Values{})); status != http.StatusForbidden {
		t.Errorf("disable oneself: %d", status)
	}
	v.want("/audit", http.StatusOK, "User added", "User disabled", "wang.qiang", "系统管理员")
	v.want("/buckets?check=1", http.StatusOK, "every number and checksum is right", "Territory 31")
	v.want("/records/partner?q=%E4%B8%9C%E6%96%B9", http.StatusOK, "东方数码", "Records: 1")
	v.want("/records/partner?q=zzzz", http.StatusOK, "No record matches")
	v.want("/records/nonsense", http.StatusNotFound)
	v.want("/nowhere", http.StatusNotFound)
}

func TestSigningOutEndsTheSession(t *testing.T) {
	o := newOffice(t)
	v := o.visitor("en")
	v.signIn("admin", password)
	base, err := url.Parse(o.url)
	if err != nil {
		t.Fatal(err)
	}
	cookies := v.client.Jar.Cookies(base)
	v.post("/logout", url.Values{"form": {v.token("/")}})
	v.client.Jar.SetCookies(base, cookies)
	v.want("/users", http.StatusOK, `action="/login"`)
}

func TestTheLanguageSwitchStaysHere(t *testing.T) {
	o := newOffice(t)
	v := o.visitor("en")
	v.signIn("admin", password)
	v.want("/language?to=zh&back=%2Fusers", http.StatusOK, "添加用户", `lang="zh-Hans"`)
	v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, away := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "/\t/evil.example", "/\n/evil.example", "/\t\\evil.example"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.url+"/language?to=en&back="+url.QueryEscape(away), http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := v.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if to := resp.Header.Get("Location"); to != "/" {
			t.Errorf("back=%s leads to %s", away, to)
		}
	}
}

// TestNoPageShowsAKeyInsteadOfAText looks at every page in both languages.
func TestNoPageShowsAKeyInsteadOfAText(t *testing.T) {
	o := newOffice(t)
	key := regexp.MustCompile(`\b(console|kind|field|option|error)\.[a-z_.]+`)
	for _, lang := range []string{"en", "zh-CN"} {
		v := o.visitor(lang)
		_, login := v.get("/login")
		v.signIn("admin", password)
		pages := map[string]string{"/login": login}
		for _, path := range []string{"/", "/records", "/records/partner", "/records/partner?q=zz", "/records/user", "/records/conflict", "/records/partner/" + o.partner, "/users", "/users/li.na", "/users/admin?done=password", "/buckets?check=1", "/audit", "/nowhere"} {
			_, pages[path] = v.get(path)
		}
		for path, page := range pages {
			page = strings.ReplaceAll(page, "console.css", "")
			if m := key.FindString(page); m != "" {
				t.Errorf("%s in %s shows %s", path, lang, m)
			}
		}
	}
}
