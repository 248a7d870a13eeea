package server

import (
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/rounds-field/rounds/sales"
	"github.com/rounds-field/rounds/server/accounts"
)

// metrics counts what the server does.
type metrics struct {
	registry *prometheus.Registry
	calls    *prometheus.CounterVec
	records  *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	runs     *prometheus.CounterVec
	lastRun  *prometheus.GaugeVec
}

func newMetrics(version string) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		calls:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "rounds_calls_total", Help: "Calls of devices, by call and outcome."}, []string{"call", "code"}),
		records:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "rounds_records_total", Help: "Changes pushed, records pulled."}, []string{"call"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "rounds_request_seconds", Help: "Time from request to answer, by the first part of the path.", Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"area"}),
	}
	m.runs = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "rounds_job_runs_total", Help: "Runs of the jobs of upkeep, by job and outcome."}, []string{"job", "outcome"})
	m.lastRun = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "rounds_job_last_success_timestamp_seconds", Help: "When this server last did a job of upkeep to its end."}, []string{"job"})
	info := prometheus.NewGauge(prometheus.GaugeOpts{Name: "rounds_info", Help: "Always 1; the version is a label.", ConstLabels: prometheus.Labels{"version": version}})
	info.Set(1)
	m.registry.MustRegister(m.calls, m.records, m.seconds, m.runs, m.lastRun, info, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// watchers shows how many devices watch.
func (m *metrics) watchers(count func() int) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "rounds_watchers", Help: "Devices that wait for hints on a stream."}, func() float64 { return float64(count()) }))
}

// job hears of the runs of jobs.
func (m *metrics) job(job string, _ time.Duration, err error) {
	if err != nil {
		m.runs.WithLabelValues(job, "failed").Inc()
		return
	}
	m.runs.WithLabelValues(job, "ok").Inc()
	m.lastRun.WithLabelValues(job).SetToCurrentTime()
}

// unnoted shows how many uses of a sign-in could not be written down.
func (m *metrics) unnoted(count func() int64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "rounds_sign_in_uses_unnoted_total", Help: "Uses of a sign-in that could not be written down; the call went on.",
	}, func() float64 { return float64(count()) }))
}

// fileStore shows whether files can be kept.
func (m *metrics) fileStore(up func() bool) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "rounds_file_store_up", Help: "1 when the file store could be used when it was last tried, else 0.",
	}, func() float64 {
		if up() {
			return 1
		}
		return 0
	}))
}

// call is the sync handler's observer.
func (m *metrics) call(call, code string, records int) {
	if code == "" {
		code = "ok"
	}
	m.calls.WithLabelValues(call, code).Inc()
	if code == "ok" && records > 0 {
		m.records.WithLabelValues(call).Add(float64(records))
	}
}

// handler serves the metrics to this computer, and to administrators by their device token.
func (m *metrics) handler(acc *accounts.Service) http.Handler {
	inner := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !local(r) {
			caller, err := acc.Authenticate(r.Context(), strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
			if err != nil || caller.Role != sales.RoleAdmin {
				http.Error(w, "metrics: only for this computer, or with an administrator's token in the Authorization header", http.StatusForbidden)
				return
			}
		}
		inner.ServeHTTP(w, r)
	})
}

// local says whether a request comes from this computer itself and was not handed on by a proxy.
func local(r *http.Request) bool {
	host := r.RemoteAddr
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		host = host[:i]
	}
	return loopback(host) && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == ""
}
