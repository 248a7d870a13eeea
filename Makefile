# Rounds: build, run, test. `make help` lists what there is.
#
# One set of flags everywhere: another set is another cold build of the toolkit, four minutes long.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := .build/bin
SCALE ?= small
PKG ?= ./...

# The toolkit's marshalling of UI calls is migrated; without this tag scrolling is a third slower.
APP_TAGS := migrated_fynedo
# `ci` renders in software: widgets are tested without a display.
TEST_TAGS := ci,$(APP_TAGS)
# A real window, under Xvfb.
WINDOW_TAGS := window,$(APP_TAGS)

# On Linux the app gets a corrected window library, so that Chinese input methods work; plain `go build` works without.
ifeq ($(shell uname -s),Linux)
APP_MODULES := .build/toolkit/go.mod
endif

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -X main.version=$(VERSION)

# Stamping the revision needs a git that trusts the folder; the version above does not.
export GOFLAGS := -buildvcs=false
# The machine's memory bounds the tests, not the other way round.
export GOMEMLIMIT ?= 3GiB

GO_FILES = git ls-files --cached --others --exclude-standard -- '*.go' ':!*.pb.go' ':!*.connect.go'

.PHONY: help
help: ## List what make can do
	@awk 'BEGIN {FS = ":.*## "; printf "make TARGET\n\n"} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: deps
deps: ## Install missing system packages for building and running
	@scripts/install-packages.sh build

# A real S3 server, over a folder, for the tests of the file store.
VERSITYGW := .build/tools/versitygw-v1.8.0

.PHONY: deps-test
deps-test: deps $(VERSITYGW) ## Install missing system packages for testing
	@scripts/install-packages.sh test

$(VERSITYGW):
	GOBIN=$(abspath $(@D)) CGO_ENABLED=0 go install github.com/versity/versitygw/cmd/versitygw@$(lastword $(subst -, ,$@))
	mv $(@D)/versitygw $@

.PHONY: run
run: build ## Open Rounds with a sample server on this computer (SCALE=small|full)
	@BIN=$(BIN) SCALE=$(SCALE) scripts/run.sh

.PHONY: build
build: deps build-cli $(APP_MODULES) ## Build rounds, rounds-server and roundsctl into .build/bin
	CGO_ENABLED=1 go build $(APP_MODULES:%=-modfile=%) -tags $(APP_TAGS) -ldflags '$(LDFLAGS)' -o $(BIN)/rounds .

.PHONY: build-cli
build-cli: ## Build rounds-server and roundsctl only: neither cgo nor system packages
	CGO_ENABLED=0 go build -ldflags '$(LDFLAGS)' -o $(BIN)/ ./cmd/rounds-server ./cmd/roundsctl

.build/toolkit/go.mod: go.mod go.sum $(wildcard scripts/*.patch) scripts/patch-toolkit.sh
	scripts/patch-toolkit.sh $(@D)

.PHONY: test
test: deps-test build test-go test-long test-screens test-window ## Run every test, with the race detector; a real window and a real browser among them

.PHONY: test-go
test-go: ## Run the Go tests but the long ones with the race detector (PKG=./sales/... for some of them)
	CGO_ENABLED=1 go test -race -short -p 2 -timeout 30m -tags $(TEST_TAGS) $(PKG)

# The packages of which -short leaves out tests: those of one goroutine that would take the race detector many minutes.
LONG := $(shell grep -rl --include='*_test.go' 'testing\.Short()' . | xargs -n 1 dirname | sort -u)

.PHONY: test-long
test-long: ## Run the packages with long tests whole, without the race detector; 1,000 plays of the sync simulation among them
	CGO_ENABLED=0 go test -count=1 -p 2 -timeout 60m $(LONG)

.PHONY: test-screens
test-screens: ## Compare every screen with its pictures, in both languages and themes
	CGO_ENABLED=1 go test -count=1 -timeout 15m -tags $(TEST_TAGS) ./app/...

.PHONY: test-sim
test-sim: ## Play 1,000 seeds of the sync simulation (ROUNDS_SEEDS=n for another number)
	CGO_ENABLED=0 go test -count=1 -timeout 60m ./internal/simnet

.PHONY: soak
soak: ## Play 10,000 seeds of the sync simulation (ROUNDS_SEEDS=n, ROUNDS_FIRST_SEED=n)
	CGO_ENABLED=0 ROUNDS_SEEDS=$${ROUNDS_SEEDS:-10000} ROUNDS_KEEP_GOING=1 \
	  go test -count=1 -timeout 24h -run TestEveryPlay ./internal/simnet

.PHONY: test-window
test-window: ## Drive the built app in a real window on an invisible screen
	CGO_ENABLED=1 go test -count=1 -timeout 15m -tags $(WINDOW_TAGS) ./internal/windowtest/...

.PHONY: lint
lint: deps-test ## Check style, architecture, schema, generated code and scripts
	go tool golangci-lint run
	@unformatted=$$($(GO_FILES) | xargs -r go tool gofumpt -l); \
	  [ -z "$$unformatted" ] || { printf 'not in gofumpt style (make format mends it):\n%s\n' "$$unformatted" >&2; exit 1; }
	go mod tidy -diff
	go tool buf lint
	scripts/check-generated.sh
	shellcheck scripts/*.sh .ci/run

.PHONY: format
format: ## Write the sources in gofumpt style
	$(GO_FILES) | xargs -r go tool gofumpt -w

.PHONY: generate
generate: ## Make the generated code anew
	go tool buf generate

.PHONY: bench
bench: build ## Measure on real data and print the figures as one table
	CGO_ENABLED=1 go run -tags $(TEST_TAGS) ./internal/bench

.PHONY: screens
screens: ## Render every screen to docs/screens, in both languages and themes
	CGO_ENABLED=1 go run -tags $(TEST_TAGS) ./internal/screens

.PHONY: vuln
vuln: ## Look for known vulnerabilities (asks the Go vulnerability database, so it needs a network)
	go tool govulncheck -tags $(APP_TAGS) ./...

.PHONY: clean
clean: ## Remove what was built
	rm -rf .build
