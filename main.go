// Command rounds is the desktop app: flags, paths and wiring. Everything it shows is in app, everything it knows in sales, everything it keeps
// in store.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	fyneapp "fyne.io/fyne/v2/app"

	"github.com/rounds-field/rounds/app/ui"
	"github.com/rounds-field/rounds/assets"
	"github.com/rounds-field/rounds/workbook"
)

// appID names the app to the system: for its settings, its icon and its entry in menus.
const appID = "field.rounds.app"

// version is set by the build.
var version = "dev"

type options struct {
	dir, server, user, passwordFile, language string
}

func main() {
	o, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		err = run(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "rounds:", err)
		os.Exit(1)
	}
}

func parse(args []string) (options, error) {
	var o options
	fs := flag.NewFlagSet("rounds", flag.ContinueOnError)
	fs.StringVar(&o.dir, "workbook", "", "the workbook's folder (default: "+defaultDir()+")")
	fs.StringVar(&o.server, "server", "", "sign in to this server at the first start")
	fs.StringVar(&o.user, "user", "", "sign in as this user")
	fs.StringVar(&o.passwordFile, "password-file", "", "read the password for --user from this file")
	fs.StringVar(&o.language, "language", "", "en or zh (default: as chosen last, else the system's)")
	showVersion := fs.Bool("version", false, "print the version and end")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if *showVersion {
		fmt.Println("rounds", version)
		return o, flag.ErrHelp
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("unknown argument %s; rounds --help lists the flags", fs.Arg(0))
	}
	if o.dir == "" {
		o.dir = defaultDir()
	}
	if (o.server == "") != (o.user == "") || (o.user == "") != (o.passwordFile == "") {
		return o, errors.New("--server, --user and --password-file go together")
	}
	return o, nil
}

// run opens the window and returns when it is closed.
func run(o options) error {
	preferX11()
	prefs, err := loadPreferences(o.dir)
	if err != nil {
		return err
	}
	if o.language != "" {
		prefs.Language = o.language
	}
	a := fyneapp.NewWithID(appID)
	a.SetIcon(assets.AppIcon)
	ui.SetLanguage(prefs.language())
	ui.ApplyTheme(ui.ThemeMode(prefs.Theme), ui.TextSize(prefs.Text))
	w := a.NewWindow("Rounds")
	w.SetMaster()

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	wb, err := workbook.Open(ctx, o.dir, workbook.Options{})
	if err != nil {
		showFailure(w, err)
		w.ShowAndRun()
		return err
	}
	d := newDesk(ctx, w, wb, prefs)
	if err := d.signInAtStart(o); err != nil {
		return errors.Join(err, wb.Close())
	}
	w.SetOnClosed(d.leave)
	stopOnSignal(ctx, func() { ui.OnUI(w.Close) })
	d.begin()
	w.ShowAndRun()
	cancel()
	return d.close()
}

// preferX11 keeps the toolkit off native Wayland where an X server is there too: its window library has no text input for Chinese
// there.
func preferX11() {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") != "" && os.Getenv("FYNE_PLATFORM") == "" {
		_ = os.Setenv("FYNE_PLATFORM", "x11") // cannot fail for this name and value
	}
}

// stopOnSignal closes the window when the system asks the program to end, so that everything is kept.
func stopOnSignal(ctx context.Context, stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
			stop()
		case <-ctx.Done():
		}
	}()
}

// defaultDir is where the system keeps data of a user's programs.
func defaultDir() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return "rounds-workbook"
	}
	switch runtime.GOOS {
	case "windows":
		if dir := os.Getenv("LOCALAPPDATA"); dir != "" {
			return filepath.Join(dir, "Rounds")
		}
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", "Rounds")
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "rounds")
	}
	return filepath.Join(home, ".local", "share", "rounds")
}

// systemLanguage is zh where the system speaks Chinese, else en.
func systemLanguage() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "zh") {
				return "zh"
			}
			return "en"
		}
	}
	return platformLanguage()
}
