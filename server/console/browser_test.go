package console_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// tab is one tab of a real browser with a profile of its own.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func newTab(t *testing.T, lang string) *tab {
	t.Helper()
	alloc, endAlloc := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("accept-lang", lang),
		chromedp.WindowSize(1280, 800))
	ctx, end := chromedp.NewContext(alloc)
	b := &tab{t, ctx}
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("close the browser: %v", err)
		}
		end()
		endAlloc()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return b
}

// do runs steps, all of them within a minute.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, end := context.WithTimeout(b.ctx, time.Minute)
	defer end()
	for i, step := range steps {
		if err := chromedp.Do(ctx, step); err != nil {
			b.t.Fatalf("step %d: %v", i+1, err)
		}
	}
}

func (b *tab) open(url, wait string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url), chromedp.WaitVisible(wait))
}

// click follows a link or presses a button, and waits for what comes then.
func (b *tab) click(what, wait string) {
	b.t.Helper()
	b.do(chromedp.Click(what), chromedp.WaitVisible(wait))
}

func (b *tab) wants(where string, texts ...string) {
	b.t.Helper()
	got, err := chromedp.Run(b.ctx, chromedp.Text(where))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, s := range texts {
		if !strings.Contains(got, s) {
			b.t.Errorf("%q is not in %s:\n%s", s, where, got)
		}
	}
}

// shot keeps a picture of the page where ROUNDS_SCREENS names a folder.
func (b *tab) shot(name string) {
	b.t.Helper()
	dir := os.Getenv("ROUNDS_SCREENS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) signIn(url, name string) {
	b.t.Helper()
	b.open(url, "#password")
	b.do(chromedp.SendKeys("#user", name), chromedp.SendKeys("#password", password), chromedp.SendKeys("#password", "\n"), chromedp.WaitVisible(".tiles"))
}

func TestAnAdministratorsDayInARealBrowserWithoutJavaScript(t *testing.T) {
	o := newOffice(t)
	b := newTab(t, "en-US")
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	b.open(o.url, "#password")
	b.shot("login.en")
	b.signIn(o.url, "admin")
	b.shot("home.en")
	b.click(`nav a[href="/users"]`, "#name")
	b.do(chromedp.SendKeys("#name", "wang.qiang"), chromedp.SendKeys("#display_name", "王强"), chromedp.SendKeys("#territories", "44"), chromedp.SendKeys("#password", "long enough"))
	b.click(`form[action="/users"] button`, ".notice")
	b.wants("main", "wang.qiang", "can sign in now")
	b.shot("users.en")
	b.click(`a[href="/users/wang.qiang"]`, "button.danger")
	b.shot("user.en")
	b.click("button.danger", ".notice")
	b.click(`nav a[href="/records"]`, `a[href="/records/partner"]`)
	b.shot("kinds.en")
	b.click(`a[href="/records/partner"]`, "#q")
	b.shot("records.en")
	b.do(chromedp.SendKeys("#q", "东方\n"), chromedp.WaitNotPresent(`a[href="/records/partner/`+o.other+`"]`))
	b.click(`a[href="/records/partner/`+o.partner+`"]`, ".history")
	b.wants(".history", "lost against a concurrent edit", "李娜的笔记本")
	b.shot("record.en")
	b.click(`nav a[href="/buckets"]`, `form[action="/buckets"]`)
	b.click(`form[action="/buckets"] button`, ".notice")
	b.shot("buckets.en")
	b.click(`nav a[href="/audit"]`, "table")
	b.wants("main", "User disabled")
	b.click(".languages a", `html[lang="zh-Hans"]`)
	b.shot("audit.zh")
	b.open(o.url+"/records/partner/"+o.partner, ".history")
	b.shot("record.zh")
	b.open(o.url+"/users", "#name")
	b.wants("main", "已停用", "添加用户")
	b.shot("users.zh")
}

func TestTheConsoleFitsANarrowScreenInTheDark(t *testing.T) {
	o := newOffice(t)
	b := newTab(t, "zh-CN")
	dark := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, dark); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.EmulateViewport(420, 800))
	b.signIn(o.url, "chen.wei")
	for _, path := range []string{"/", "/records", "/records/partner", "/records/partner/" + o.partner} {
		b.open(o.url+path, "main")
		width, err := chromedp.Run(b.ctx, chromedp.Evaluate[int]("document.documentElement.scrollWidth"))
		if err != nil {
			t.Fatal(err)
		}
		if width > 420 {
			t.Errorf("%s is %d wide in a window of 420", path, width)
		}
	}
	b.shot("record.zh.dark")
}
