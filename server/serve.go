package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
	"github.com/rounds-field/rounds/server/console"
	"github.com/rounds-field/rounds/server/files"
	"github.com/rounds-field/rounds/store/central"
	syncserver "github.com/rounds-field/rounds/sync/server"
	"github.com/rounds-field/rounds/sync/syncpb"
)

// Timeouts of the HTTP server. Reading is generous: a first push over a poor line takes minutes.
const (
	headerTimeout   = 10 * time.Second
	readTimeout     = 10 * time.Minute
	writeTimeout    = 20 * time.Minute // from the request's head: reading it, and an answer that is taken in just as slowly
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 15 * time.Second
)

// Server is one running server.
type Server struct {
	config   Config
	log      *slog.Logger
	journal  *central.Journal
	files    *files.Store
	accounts *accounts.Service
	metrics  *metrics
	ready    atomic.Bool
	sync     *syncserver.Handler
	handler  http.Handler

	withoutFiles atomic.Bool // the file store could not be used when it was last tried
}

// Serve runs a server until ctx ends, then lets calls at work finish. started, which may be nil, is told the address once
// the server is ready.
func Serve(ctx context.Context, c Config, log *slog.Logger, started func(address string)) (err error) {
	if c, err = c.filled(); err != nil {
		return err
	}
	if err := c.refuseKnownPassword(); err != nil {
		return err
	}
	if err := c.certificateFits(); err != nil {
		return err
	}
	l, err := lock(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Unlock()) }()
	journal, err := OpenJournal(ctx, c.Data, c.Database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, journal.Close()) }()
	contents, err := OpenFiles(ctx, c, journal, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, contents.Close()) }()
	return New(c, journal, contents, log).run(ctx, started)
}

// New assembles a server over an open journal and the contents of its files. It is not ready before run has prepared the organisation.
func New(c Config, journal *central.Journal, contents *files.Store, log *slog.Logger) *Server {
	s := &Server{config: c, log: log, journal: journal, files: contents, accounts: accounts.New(journal, nil), metrics: newMetrics(c.Version)}
	s.sync = syncserver.NewHandler(syncserver.New(journal, syncserver.Limits{MinSchema: c.MinSchema}), s.accounts, log, s.metrics.call)
	s.metrics.watchers(s.sync.Watchers)
	s.metrics.unnoted(s.accounts.Unnoted)
	s.metrics.fileStore(func() bool { return !s.withoutFiles.Load() })
	mux := http.NewServeMux()
	mux.Handle("/rounds.sync.v1.SyncService/", s.timed("sync", s.whenReady(s.sync)))
	mux.Handle(syncpb.SyncServiceWatchProcedure, s.whenReady(s.sync)) // its time tells how long devices are on, not how fast the server is
	mux.Handle("/files/", s.timed("files", s.whenReady(contents.Handler(s.accounts, s.metrics.call))))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", s.readiness)
	mux.Handle("GET /metrics", s.metrics.handler(s.accounts))
	mux.Handle("/", s.timed("console", s.whenReady(console.New(journal, s.accounts, log))))
	s.handler = s.guarded(mux)
	return s
}

// run listens first, so that readiness can be asked, and then prepares the organisation.
func (s *Server) run(ctx context.Context, started func(string)) error {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", s.config.Listen)
	if err != nil {
		return &sales.Error{Code: sales.CodeInUse, Message: "listen on " + s.config.Listen, Hint: "stop the program that has the port, or give another --listen", Cause: err}
	}
	protocols := &http.Protocols{}
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(s.config.TLSCert == "")
	hs := &http.Server{
		Handler: s.handler, Protocols: protocols, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: 64 << 10,
		ErrorLog:    slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	ended := make(chan error, 1)
	go func() {
		if s.config.TLSCert != "" {
			ended <- hs.ServeTLS(listener, s.config.TLSCert, s.config.TLSKey)
		} else {
			ended <- hs.Serve(listener)
		}
	}()
	prepared := make(chan error, 1)
	go func() { prepared <- s.prepare(ctx) }()
	stopJobs := func() {}
	defer func() { stopJobs() }()
	watching, stopWatching := context.WithCancel(ctx)
	var watch sync.WaitGroup
	defer func() { stopWatching(); watch.Wait() }()
	for {
		select {
		case err := <-prepared:
			if err != nil {
				return errors.Join(err, hs.Close())
			}
			prepared = nil
			if stopJobs, err = s.startJobs(ctx); err != nil {
				return errors.Join(err, hs.Close())
			}
			watch.Go(func() { s.watchFiles(watching, fileCheck) })
			s.ready.Store(true)
			s.log.Info("ready", "address", listener.Addr().String(), "data", s.config.Data, "version", s.config.Version)
			if started != nil {
				started(listener.Addr().String())
			}
		case err := <-ended:
			return &sales.Error{Code: sales.CodeInternal, Message: "serve " + s.config.Listen, Hint: "start the server again; if it stays, send the log to support", Cause: err}
		case <-ctx.Done():
			s.stop(ctx, hs)
			if prepared == nil {
				return nil
			}
			if err := <-prepared; !errors.Is(err, context.Canceled) {
				return err
			}
			return nil
		}
	}
}

// stop lets calls at work finish for a while.
func (s *Server) stop(ctx context.Context, hs *http.Server) {
	s.ready.Store(false)
	s.log.Info("stopping")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	s.sync.Stop() // streams would last
	if err := hs.Shutdown(ctx); err != nil {
		_ = hs.Close() // calls that still run are cut; their devices try again
	}
}

// prepare gives the organisation what it begins with.
func (s *Server) prepare(ctx context.Context) error {
	if err := s.tryFiles(ctx); err != nil {
		return err
	}
	if err := seed(ctx, s.journal); err != nil {
		return err
	}
	if s.config.Sample == "" {
		return nil
	}
	return s.loadSample(ctx)
}

func (s *Server) readiness(w http.ResponseWriter, r *http.Request) {
	if !s.ready.Load() {
		say(w, http.StatusServiceUnavailable, "starting or stopping")
		return
	}
	if err := s.journal.Ping(r.Context()); err != nil {
		s.log.ErrorContext(r.Context(), "the database does not answer", "error", err)
		say(w, http.StatusServiceUnavailable, "the database does not answer; see the log")
		return
	}
	if s.withoutFiles.Load() {
		// It stays with those that are used: every other server has the same file store, and the records need none.
		say(w, http.StatusOK, "ready, without the file store: it cannot be used, and files wait on their devices; see the log")
		return
	}
	say(w, http.StatusOK, "ready")
}

func (s *Server) whenReady(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.ready.Load() {
			w.Header().Set("Retry-After", "2")
			say(w, http.StatusServiceUnavailable, "the server is starting or stopping; try again soon")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) timed(area string, next http.Handler) http.Handler {
	seconds := s.metrics.seconds.WithLabelValues(area)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		next.ServeHTTP(w, r)
		seconds.Observe(time.Since(begun).Seconds())
	})
}

// guarded keeps a panic in one request from ending the server, and sends the headers that every answer should have.
func (s *Server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.recovered(w, r)
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		if s.config.TLSCert != "" {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// recovered answers for a request that panicked.
func (s *Server) recovered(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p) // the server's own way to cut a connection
	}
	s.log.ErrorContext(r.Context(), "panic in a request", "path", r.URL.Path, "panic", fmt.Sprint(p))
	http.Error(w, "a fault of the server; it is in its log", http.StatusInternalServerError)
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // who asked may have gone
}
