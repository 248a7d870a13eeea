package files_test

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gocloud.dev/blob"
)

// everywhere runs a test over a folder, over memory, and over a real S3 server (versitygw over a folder), which `make deps-test` installs.
func everywhere(t *testing.T, test func(t *testing.T, blobs string)) {
	t.Helper()
	t.Run("folder", func(t *testing.T) { test(t, "") })
	t.Run("memory", func(t *testing.T) { test(t, "mem://") })
	t.Run("s3", func(t *testing.T) { test(t, startS3(t)) })
}

const tool = "../../.build/tools/versitygw-v1.8.0"

// startS3 runs an S3 server of its own for a test and gives the URL of an empty bucket on it.
func startS3(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(tool)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal("versitygw is not installed: run `make deps-test`")
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "rounds"), 0o700); err != nil { // a bucket is a folder
		t.Fatal(err)
	}
	address := freePort(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "rounds-test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "rounds-test-secret")
	cmd := exec.Command(path, "--port", address, "--access", "rounds-test", "--secret", "rounds-test-secret", "posix", "--nometa", dir)
	log := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case err := <-ended:
			t.Logf("versitygw ended: %v", err)
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			t.Logf("versitygw was killed: %v", <-ended)
		}
	})
	q := url.Values{"endpoint": {"http://" + address}, "region": {"us-east-1"}, "use_path_style": {"true"}, "disable_https": {"true"}}
	address = fmt.Sprintf("s3://rounds?%s", q.Encode())
	awaitS3(t, address, ended, log)
	return address
}

// awaitS3 waits until the server answers.
func awaitS3(t *testing.T, address string, ended <-chan error, log *strings.Builder) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	bucket, err := blob.OpenBucket(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	for {
		ok, err := bucket.IsAccessible(ctx)
		if ok && err == nil {
			return
		}
		select {
		case err := <-ended:
			t.Fatalf("versitygw ended: %v\n%s", err, log)
		case <-ctx.Done():
			t.Fatalf("versitygw does not answer: %v", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
