package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/files"
)

// Bounds of one call about files.
const (
	chunkPatience = 10 * time.Minute // for a call that sends or brings at most a chunk
	stallPatience = time.Minute      // without a byte of a content that is being fetched
	smallest      = 1 << 20          // the largest answer that is no content
)

// ownHeader is in every answer about files that the server itself wrote: the page of a portal does not have it.
const ownHeader = "Rounds-Files"

// FileLimit is the size of the largest file that the server takes; see replica.FileTransport.
func (c *Client) FileLimit(ctx context.Context) (int64, error) {
	var limits struct {
		File int64 `json:"file"`
	}
	err := c.fileCall(ctx, "ask for the limit of files", http.MethodGet, "limits", nil, &limits)
	return limits.File, err
}

// OfferFile sends a manifest; see replica.FileTransport.
func (c *Client) OfferFile(ctx context.Context, m files.Manifest) (files.Status, error) {
	var status files.Status
	b, err := json.Marshal(m)
	if err != nil {
		return status, err
	}
	err = c.fileCall(ctx, "offer a file", http.MethodPost, "manifests", b, &status)
	return status, err
}

// PutChunk sends one chunk; see replica.FileTransport.
func (c *Client) PutChunk(ctx context.Context, hash string, content []byte) error {
	return c.fileCall(ctx, "send a part of a file", http.MethodPut, "chunks/"+hash, content, nil)
}

// AskFile says whether a content can be fetched; see replica.FileTransport.
func (c *Client) AskFile(ctx context.Context, hash string) error {
	// A HEAD would come without the reason.
	body, err := c.get(ctx, "ask for a file", hash, "bytes=0-0")
	if err != nil {
		return err
	}
	return body.Close()
}

// FetchThumbnail gives a small picture; see replica.FileTransport.
func (c *Client) FetchThumbnail(ctx context.Context, hash string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, chunkPatience)
	defer cancel()
	body, err := c.get(ctx, "fetch a small picture", hash+"/thumbnail", "")
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(io.LimitReader(body, smallest))
}

// FetchFile gives a content from a position on; see replica.FileTransport.
func (c *Client) FetchFile(ctx context.Context, hash string, from int64) (io.ReadCloser, error) {
	rng := ""
	if from > 0 {
		rng = fmt.Sprintf("bytes=%d-", from)
	}
	return c.get(ctx, "fetch a file", hash, rng)
}

// get opens a content. The body ends in an error when nothing has come for a while.
func (c *Client) get(ctx context.Context, doing, path, rng string) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	req, err := c.fileRequest(ctx, http.MethodGet, path, nil)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	if rng != "" {
		req.Header.Set("Range", rng)
	}
	req.Header.Set("Accept-Encoding", "identity") // a range is one of the content itself
	resp, err := c.http.Do(req)
	if err != nil {
		cancel(nil)
		return nil, c.explain(doing, err)
	}
	switch ours := resp.Header.Get(ownHeader) != ""; {
	case ours && (resp.StatusCode == http.StatusRequestedRangeNotSatisfiable || resp.StatusCode == http.StatusNoContent):
		// All of it has come before, or there is no small picture: nothing follows.
		_ = resp.Body.Close()
		cancel(nil)
		return io.NopCloser(strings.NewReader("")), nil
	case ours && rng == "" && resp.StatusCode == http.StatusOK, ours && rng != "" && resp.StatusCode == http.StatusPartialContent:
		return &watched{body: resp.Body, cancel: cancel, timer: time.AfterFunc(stallPatience, func() { cancel(errStalled) }), explain: func(err error) error {
			if cause := context.Cause(ctx); errors.Is(cause, errStalled) {
				err = cause
			}
			return c.explain(doing, err)
		}}, nil
	}
	defer cancel(nil)
	return nil, c.refusal(doing, resp)
}

var errStalled = errors.New("nothing has come for a minute")

// watched is a body that must not stand still.
type watched struct {
	body    io.ReadCloser
	cancel  context.CancelCauseFunc
	timer   *time.Timer
	explain func(error) error
	once    sync.Once
}

// Read implements io.Reader.
func (w *watched) Read(b []byte) (int, error) {
	n, err := w.body.Read(b)
	w.timer.Reset(stallPatience)
	if err != nil && err != io.EOF { //nolint:errorlint // io.Reader gives exactly this
		err = w.explain(err)
	}
	return n, err
}

// Close implements io.Closer.
func (w *watched) Close() error {
	w.once.Do(func() {
		w.timer.Stop()
		w.cancel(nil)
	})
	return w.body.Close()
}

// fileCall makes a call whose answer is small, and decodes that into out unless out is nil.
func (c *Client) fileCall(ctx context.Context, doing, method, path string, content []byte, out any) error {
	ctx, cancel := context.WithTimeout(ctx, chunkPatience)
	defer cancel()
	req, err := c.fileRequest(ctx, method, path, content)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return c.explain(doing, err)
	}
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusCreated {
		return c.refusal(doing, resp)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 16*smallest))
	if err != nil {
		return c.explain(doing, err)
	}
	// The page of a portal comes with 200 too.
	if resp.Header.Get(ownHeader) == "" || out != nil && json.Unmarshal(b, out) != nil {
		return c.otherwise(doing)
	}
	return nil
}

func (c *Client) fileRequest(ctx context.Context, method, path string, content []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.server+"/files/"+path, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// refusal turns an answer that is none of what was asked for into an error, and closes it.
func (c *Client) refusal(doing string, resp *http.Response) error {
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, smallest))
	if err != nil {
		return c.explain(doing, err)
	}
	var a struct {
		Code, Message, Hint string
		Limit               any
	}
	if resp.Header.Get(ownHeader) == "" || json.Unmarshal(b, &a) != nil || a.Code == "" {
		if resp.StatusCode >= http.StatusInternalServerError { // a gateway that says that the server is not there
			return &sales.Error{
				Code: sales.CodeOffline, Message: fmt.Sprintf("%s at %s: the answer is %s", doing, c.server, resp.Status),
				Hint: "your work is kept and sent when the server can be reached", Args: map[string]any{"Server": c.server},
			}
		}
		e := c.otherwise(doing)
		if resp.StatusCode == http.StatusNotFound {
			e.Cause = errors.ErrUnsupported // where the records have just been synced, it is a server without files
		}
		return e
	}
	e := &sales.Error{Code: a.Code, Message: doing + " at " + c.server + ": " + a.Message, Hint: a.Hint, Args: map[string]any{"Server": c.server}}
	if a.Limit != nil {
		e.Args["Limit"] = a.Limit
	}
	if a.Code == sales.CodeStorage || a.Code == sales.CodeInternal {
		// The server's trouble, which passes; the device's own storage is well.
		e.Code, e.Reason = sales.CodeOffline, sales.OfflineFault
	}
	return e
}

// otherwise says that an answer came which the server cannot have written.
func (c *Client) otherwise(doing string) *sales.Error {
	return &sales.Error{
		Code: sales.CodeOffline, Message: doing + " at " + c.server + ": something on the way answers in the server's place",
		Hint: "open a web page in the browser, for the network may ask to sign in, and check the address; your work is kept and sent later",
		Args: map[string]any{"Server": c.server},
	}
}
