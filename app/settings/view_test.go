package settings

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/internal/uitest"
	"github.com/rounds-field/rounds/sales"
)

func TestMain(m *testing.M) { uitest.Main(m) }

// fakeSession is a sign-in without a server.
type fakeSession struct {
	state   sales.SyncState
	asked   []Credentials
	refused error
	moved   *sales.Error // how a sign-in is refused that nobody confirmed
}

func (f *fakeSession) SignIn(_ context.Context, server, user, password string) error {
	f.asked = append(f.asked, Credentials{Server: server, User: user, Password: password})
	if f.moved != nil {
		return f.moved
	}
	return f.signIn(server, user)
}

func (f *fakeSession) SignInMoved(_ context.Context, server, user, password string) error {
	f.asked = append(f.asked, Credentials{Server: server, User: user, Password: password, Moved: true})
	return f.signIn(server, user)
}

func (f *fakeSession) signIn(server, user string) error {
	if f.refused == nil {
		f.state = sales.SyncState{Phase: sales.SyncIdle, Server: server, User: user}
	}
	return f.refused
}

func (f *fakeSession) SignOut(context.Context) error {
	f.state.Phase = sales.SyncSignedOut
	return f.refused
}

func (f *fakeSession) State(context.Context) (sales.SyncState, error) { return f.state, nil }

// shown is the settings page in a window, with what it asked for.
type shown struct {
	host    *uitest.Host
	session *fakeSession
	content fyne.CanvasObject
	looks   []string
	signed  int
}

func show(h *uitest.Host, state sales.SyncState) *shown {
	s := &shown{host: h, session: &fakeSession{state: state}}
	s.content = h.Show(NewPage(h, ui.Route{}, Deps{
		Model: &Model{Session: s.session}, Folder: "/home/li.na/.local/share/rounds", Version: "1.0.0", SignedIn: func() { s.signed++ },
		Appearance: func(language string, mode ui.ThemeMode, size ui.TextSize) {
			s.looks = append(s.looks, language+" "+string(mode)+" "+string(size))
		},
	}))
	return s
}

var connected = sales.SyncState{Phase: sales.SyncIdle, Server: "https://rounds.example.com", User: "li.na", Waiting: 12, Rejected: 1}

func TestThePageLooksAsItDid(t *testing.T) {
	uitest.Golden(t, "connected", func(h *uitest.Host) fyne.CanvasObject { return show(h, connected).content })
	uitest.Golden(t, "local", func(h *uitest.Host) fyne.CanvasObject {
		return show(h, sales.SyncState{Phase: sales.SyncLocal, Waiting: 48}).content
	})
}

func TestLanguageThemeAndTextSizeAreAppliedAtOnce(t *testing.T) {
	s := show(uitest.NewHost(t), connected)
	uitest.Find[*ui.Select](t, s.content, 0).SetSelected("简体中文")
	uitest.Find[*ui.Select](t, s.content, 1).SetSelected("Dark")
	uitest.Find[*ui.Select](t, s.content, 2).SetSelected("Large")
	if want := []string{"zh light normal", "zh dark normal", "zh dark large"}; !slices.Equal(s.looks, want) {
		t.Errorf("applied %q", s.looks)
	}
}

func TestSigningOutSaysWhatHappensToUnsentWork(t *testing.T) {
	s := show(uitest.NewHost(t), connected)
	uitest.TapText(t, s.content, "Sign out")
	asked := s.host.Canvas().Overlays().Top()
	if asked == nil {
		t.Fatal("signing out asks nothing")
	}
	if texts := strings.Join(uitest.Texts(asked), " "); !strings.Contains(texts, "13 changes have not been sent") || !strings.Contains(texts, "Nothing is dropped") {
		t.Errorf("the question is %q", texts)
	}
	s.host.Press(fyne.KeyReturn, fyne.KeyModifierControl)
	if s.signed != 1 || !uitest.Shows(s.content, "Password") {
		t.Errorf("signed out %d times; the page shows %q", s.signed, uitest.Texts(s.content))
	}
}

func TestWithEverythingSentSigningOutSaysSo(t *testing.T) {
	state := connected
	state.Waiting, state.Rejected = 0, 0
	s := show(uitest.NewHost(t), state)
	uitest.TapText(t, s.content, "Sign out")
	if texts := strings.Join(uitest.Texts(s.host.Canvas().Overlays().Top()), " "); !strings.Contains(texts, "Everything has been sent") {
		t.Errorf("the question is %q", texts)
	}
}

func TestTheSignInFormNamesWhatIsMissing(t *testing.T) {
	s := show(uitest.NewHost(t), sales.SyncState{Phase: sales.SyncLocal})
	uitest.TapText(t, s.content, "Sign in")
	for _, text := range []string{"Type the server's address", "Type your user name", "Type your password"} {
		if !uitest.Shows(s.content, text) {
			t.Errorf("%q is not shown", text)
		}
	}
	uitest.Find[*ui.Entry](t, s.content, 0).SetText(" https://rounds.example.com ")
	uitest.Find[*ui.Entry](t, s.content, 1).SetText("li.na")
	uitest.TapText(t, s.content, "Sign in")
	if uitest.Shows(s.content, "Type your user name") || !uitest.Shows(s.content, "Type your password") || len(s.session.asked) > 0 {
		t.Errorf("the page shows %q, asked %v", uitest.Texts(s.content), s.session.asked)
	}
	password := uitest.Find[*ui.Entry](t, s.content, 2)
	password.SetText("secret")
	s.session.refused = errors.New("no such user")
	uitest.TapText(t, s.content, "Sign in")
	if len(s.host.Errors) != 1 || password.Text != "" || s.signed != 0 {
		t.Errorf("a refusal gives %v, leaves %q", s.host.Errors, password.Text)
	}
	s.session.refused = nil
	password.SetText("right")
	uitest.TapText(t, s.content, "Sign in")
	if want := (Credentials{Server: "https://rounds.example.com", User: "li.na", Password: "right"}); s.signed != 1 || s.session.asked[1] != want {
		t.Errorf("signed in %d times, asked %v", s.signed, s.session.asked)
	}
	if !uitest.Shows(s.content, "Sign out") {
		t.Errorf("signed in the page shows %q", uitest.Texts(s.content))
	}
}

func TestSomebodyElseSignsInBesideWhatIsShown(t *testing.T) {
	s := show(uitest.NewHost(t), connected)
	uitest.TapText(t, s.content, "Change user or server")
	if !uitest.Shows(s.content, "Sign out") || uitest.Find[*ui.Entry](t, s.content, 0).Text != connected.Server {
		t.Errorf("the page shows %q", uitest.Texts(s.content))
	}
}

// A server at another address than before is confirmed by its user, who is told both, before anything is done.
func TestAServerThatMovedIsConfirmedFirst(t *testing.T) {
	s := show(uitest.NewHost(t), sales.SyncState{Phase: sales.SyncSignedOut, Server: "https://old.example.com", User: "li.na", Waiting: 2})
	s.session.moved = &sales.Error{Code: sales.CodeServerMoved, Args: map[string]any{"From": "https://old.example.com", "Server": "https://new.example.com", "User": "li.na"}}
	ask := func() string {
		uitest.Find[*ui.Entry](t, s.content, 0).SetText("https://new.example.com")
		uitest.Find[*ui.Entry](t, s.content, 2).SetText("right")
		uitest.TapText(t, s.content, "Sign in")
		asked := s.host.Canvas().Overlays().Top()
		if asked == nil {
			t.Fatal("nothing is asked")
		}
		return strings.Join(uitest.Texts(asked), " ")
	}
	if text := ask(); !strings.Contains(text, "https://new.example.com") || !strings.Contains(text, "https://old.example.com") {
		t.Errorf("the question is %q", text)
	}
	uitest.TapText(t, s.host.Canvas().Overlays().Top(), "Cancel")
	if len(s.session.asked) != 1 || s.signed != 0 || len(s.host.Errors) != 0 {
		t.Errorf("asked %v, signed in %d times, errors %v", s.session.asked, s.signed, s.host.Errors)
	}
	ask()
	s.host.Press(fyne.KeyReturn, 0)
	if s.signed != 0 {
		t.Error("Enter answers the question")
	}
	uitest.TapText(t, s.host.Canvas().Overlays().Top(), "It has moved")
	want := Credentials{Server: "https://new.example.com", User: "li.na", Password: "right", Moved: true}
	if s.signed != 1 || s.session.asked[len(s.session.asked)-1] != want || !uitest.Shows(s.content, "Sign out") {
		t.Errorf("signed in %d times, asked %v; the page shows %q", s.signed, s.session.asked, uitest.Texts(s.content))
	}
}
