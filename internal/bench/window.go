package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// window starts the built app on the workbook with all records, on an invisible screen, and waits until its window can be used.
func (b *bench) window(ctx context.Context) error {
	dir := b.rep.Dir
	if err := b.rep.Close(); err != nil {
		return err
	}
	if runtime.GOOS != "linux" {
		return nil // Xvfb and xdotool are how this is measured
	}
	for _, tool := range []string{"Xvfb", "xdotool"} {
		if _, err := exec.LookPath(tool); err != nil {
			fmt.Fprintln(os.Stderr, "  no", tool, "here: the window is not measured")
			return nil // the figures that can be had are worth having
		}
	}
	display, closeScreen, err := openScreen(ctx)
	if err != nil {
		return err
	}
	defer closeScreen()
	if err := os.WriteFile(dir+"/preferences.json", []byte(`{"language":"zh","begun":true}`), 0o600); err != nil {
		return err
	}
	env := append(os.Environ(), "DISPLAY="+display, "DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent") // no keyring: an empty address would start a bus that stays
	var shown []time.Duration
	var memory float64
	for range 3 {
		took, mb, err := openWindow(ctx, env, b.app, dir)
		if err != nil {
			return err
		}
		shown, memory = append(shown, took), max(memory, mb)
	}
	best := min(shown[0], shown[1], shown[2])
	b.add("app: start to usable window, all records", "≤ 0.8 s", "", "%.2f s (software rendering)", best.Seconds())
	b.add("app: memory then", "≤ 250 MB", "", "%.0f MB (software rendering, whose buffers count)", memory)
	return nil
}

// openScreen starts an invisible screen on a free display, and waits until it can be drawn on: its first start on a computer takes seconds.
func openScreen(ctx context.Context) (display string, shut func(), err error) {
	read, write, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	defer read.Close()
	// Without -noreset it begins anew whenever its last client leaves, and turns away who comes meanwhile.
	screen := exec.CommandContext(ctx, "Xvfb", "-noreset", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp")
	screen.ExtraFiles = []*os.File{write}
	if err := errors.Join(screen.Start(), write.Close(), read.SetReadDeadline(time.Now().Add(30*time.Second))); err != nil {
		return "", nil, err
	}
	shut = func() {
		_ = screen.Process.Kill()
		_ = screen.Wait()
	}
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		shut()
		return "", nil, fmt.Errorf("wait for Xvfb: %w", err)
	}
	return ":" + strings.TrimSpace(line), shut, nil
}

// openWindow starts the app and gives the time until its window is visible and named after its first page.
func openWindow(ctx context.Context, env []string, app, dir string) (time.Duration, float64, error) {
	begun := time.Now()
	ctx, end := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, app, "--workbook", dir)
	cmd.Env = env
	var said bytes.Buffer
	cmd.Stderr = &said
	// It is asked to end, and ended when it does not: a window without a user may wait for one.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		end()
		return 0, 0, err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	defer func() {
		end()
		<-ended
	}()
	for time.Since(begun) < 30*time.Second {
		find := exec.CommandContext(ctx, "xdotool", "search", "--onlyvisible", "--pid", strconv.Itoa(cmd.Process.Pid), "--name", "—")
		find.Env = env
		if out, err := find.Output(); err == nil && strings.TrimSpace(string(out)) != "" {
			took := time.Since(begun)
			time.Sleep(2 * time.Second)
			mb, err := memoryOf(cmd.Process.Pid)
			return took, mb, err
		}
		select {
		case <-ended:
			return 0, 0, fmt.Errorf("the app ended before its window was there:\n%s", &said)
		case <-time.After(5 * time.Millisecond):
		}
	}
	end()
	<-ended
	return 0, 0, fmt.Errorf("the window does not appear; the app said:\n%s", &said)
}
