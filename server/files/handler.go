package files

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/sync/files"
	"github.com/rounds-field/rounds/sync/wire"
)

// Bounds of one request. A line that moves nothing for so long is taken for dead; one that moves may take as long as it needs.
const (
	stalled       = 2 * time.Minute
	chunkTime     = 10 * time.Minute // for one chunk
	manifestBytes = 8 << 20          // some 120,000 chunks
)

// ownHeader tells the server's own answers from those that something on the way gives in its place.
const ownHeader = "Rounds-Files"

// Accounts establishes who calls.
type Accounts interface {
	// Authenticate gives the caller that a token stands for, or an Error with CodeSignedOut.
	Authenticate(ctx context.Context, token string) (wire.Caller, error)
}

// Observer is told how each call ended; code is "" for success. It may be nil.
type Observer func(call, code string, records int)

type handler struct {
	store    *Store
	accounts Accounts
	log      *slog.Logger
	observe  Observer
}

// Handler serves the calls below /files/. Each works with curl:
//
//	curl -H "Authorization: Bearer $TOKEN" -d @manifest.json http://127.0.0.1:7420/files/manifests
//	curl -H "Authorization: Bearer $TOKEN" -T chunk http://127.0.0.1:7420/files/chunks/$SHA256
//	curl -H "Authorization: Bearer $TOKEN" -O http://127.0.0.1:7420/files/$SHA256
func (s *Store) Handler(accounts Accounts, observe Observer) http.Handler {
	if observe == nil {
		observe = func(string, string, int) {}
	}
	h := &handler{store: s, accounts: accounts, log: s.log, observe: observe}
	mux := http.NewServeMux()
	mux.Handle("GET /files/limits", h.call("FileLimits", h.limits))
	mux.Handle("POST /files/manifests", h.call("FileManifest", h.manifest))
	mux.Handle("PUT /files/chunks/{hash}", h.call("FileChunk", h.chunk))
	mux.Handle("GET /files/{hash}", h.call("FileFetch", h.fetch))
	mux.Handle("GET /files/{hash}/thumbnail", h.call("FileThumbnail", h.thumbnail))
	return mux
}

// call wraps what every call has: a caller, a deadline, an outcome that is counted, an error that the caller can read.
func (h *handler) call(name string, f func(w http.ResponseWriter, r *http.Request, caller wire.Caller) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(ownHeader, "1")
		// The server's own deadlines are for small calls.
		control := http.NewResponseController(w)
		_ = control.SetReadDeadline(time.Now().Add(chunkTime)) // a transport that cannot do this has no deadlines either
		_ = control.SetWriteDeadline(time.Now().Add(chunkTime + stalled))
		caller, err := h.accounts.Authenticate(r.Context(), bearer(r.Header))
		if err == nil {
			err = f(w, r, caller)
		}
		if err == nil {
			h.observe(name, "", 0)
			return
		}
		a := answerTo(err)
		h.observe(name, a.Code, 0)
		switch {
		case errors.Is(err, context.Canceled):
		case a.status >= http.StatusInternalServerError && a.Code != sales.CodeQuota:
			h.log.ErrorContext(r.Context(), "call ended in an error", "call", name, "error", err)
		default:
			h.log.InfoContext(r.Context(), "call refused", "call", name, "code", a.Code, "reason", a.Message)
		}
		a.write(w)
	})
}

// limits says what a device has to know before it offers anything.
func (h *handler) limits(w http.ResponseWriter, _ *http.Request, _ wire.Caller) error {
	return writeJSON(w, http.StatusOK, map[string]int64{"file": h.store.limits.File, "chunk": files.ChunkSize})
}

func (h *handler) manifest(w http.ResponseWriter, r *http.Request, caller wire.Caller) error {
	var m files.Manifest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, manifestBytes)).Decode(&m); err != nil {
		return &sales.Error{Code: sales.CodeInvalid, Message: "the manifest is not JSON, or too long", Hint: "see the package comment of sync, under Files", Cause: err}
	}
	status, err := h.store.Offer(r.Context(), caller, m)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, status)
}

func (h *handler) chunk(w http.ResponseWriter, r *http.Request, caller wire.Caller) error {
	hash := r.PathValue("hash")
	named, there, err := h.store.journal.Chunk(r.Context(), hash)
	if err != nil {
		return err
	}
	if err := mayAttach(caller); err != nil {
		return err
	}
	if !named {
		return &sales.Error{Code: sales.CodeInvalid, Message: "no manifest names chunk " + hash, Hint: "send the manifest first: it says which chunks are missing", Args: map[string]any{"Value": hash}}
	}
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, files.ChunkSize))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return &sales.Error{Code: sales.CodeTooLarge, Message: fmt.Sprintf("a chunk has at most %d bytes", files.ChunkSize), Hint: "cut the file into chunks of that size"}
	}
	if err != nil { // the line was cut: nothing of it is kept
		return &sales.Error{Code: sales.CodeInvalid, Message: "the chunk did not arrive whole", Hint: "send it again", Cause: err}
	}
	made := false
	if !there || files.HashOf(content) != hash { // a wrong one is refused and audited, whatever is there
		if made, err = h.store.Put(r.Context(), caller, hash, content); err != nil {
			return err
		}
	}
	if made {
		w.WriteHeader(http.StatusCreated)
	} else {
		w.WriteHeader(http.StatusOK)
	}
	return nil
}

func (h *handler) fetch(w http.ResponseWriter, r *http.Request, caller wire.Caller) error {
	f, err := h.store.journal.FileFor(r.Context(), caller, r.PathValue("hash"))
	if err != nil {
		return err
	}
	h.head(w, f.Hash, f.MediaType)
	http.ServeContent(&patient{ResponseWriter: w, control: http.NewResponseController(w)}, r, "", time.Time{}, h.store.reader(r.Context(), f))
	return nil
}

func (h *handler) thumbnail(w http.ResponseWriter, r *http.Request, caller wire.Caller) error {
	b, err := h.store.Thumbnail(r.Context(), caller, r.PathValue("hash"))
	if err != nil {
		return err
	}
	if len(b) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	h.head(w, r.PathValue("hash")+"-small", "image/jpeg")
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(b)))
	return nil
}

// head says what never changes about a content. A browser that is led here shows nothing: it saves.
func (h *handler) head(w http.ResponseWriter, tag, mediaType string) {
	if mediaType == "" {
		mediaType = "application/octet-stream"
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Disposition", "attachment")
	w.Header().Set("Content-Security-Policy", "sandbox")
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	w.Header().Set("ETag", `"`+tag+`"`)
}

// patient gives a writer more time whenever something has moved.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
}

// Write implements io.Writer.
func (p *patient) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(stalled)) // a transport that cannot do this has no deadlines either
	return p.ResponseWriter.Write(b)
}

func bearer(header http.Header) string {
	scheme, token, _ := strings.Cut(header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
