# make help lists the targets. make test needs nothing but Go.

GO        ?= go
BIN       := $(CURDIR)/bin
FUZZTIME  ?= 30s
BENCH     ?= .
BENCHTIME ?= 1s

GOLANGCI_LINT_VERSION := v2.15.0
GOFUMPT_VERSION       := v0.12.0
GOLANGCI_LINT         ?= $(BIN)/golangci-lint
GOFUMPT               ?= $(BIN)/gofumpt

VERSION  ?= 0.1.0-dev
REVISION ?= $(shell git rev-parse HEAD 2>/dev/null)
BRANCH   ?= $(shell git rev-parse --abbrev-ref HEAD 2>/dev/null)
BUILT    ?= $(shell git log -1 --format=%cI 2>/dev/null)
STAMP    := github.com/prometheus/common/version
LDFLAGS  := -s -w -X $(STAMP).Version=$(VERSION) -X $(STAMP).Revision=$(REVISION) -X $(STAMP).BuildDate=$(BUILT)

SYSTEMS ?= linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 freebsd/amd64
EPOCH   ?= $(shell git log -1 --format=%ct 2>/dev/null)

DIRS := cmd collector config examples probe

.PHONY: help build dist deb image vet packages test race lint fmt fuzz golden bench demo real check clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

# Without cgo, so that names are resolved by our own client and by nothing else.
build: ## build the programs into this folder
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS) -X $(STAMP).Branch=$(BRANCH)' -o ./ ./cmd/...

# The same commit gives the same octets, whatever the branch that it is looked at by is
# called: that name is in no archive.
dist: export LDFLAGS := $(LDFLAGS)
dist: export VERSION := $(VERSION)
dist: export EPOCH := $(EPOCH)
dist: ## pack the programs for all SYSTEMS into dist/, with checksums
	examples/dist/build.sh dist $(SYSTEMS)

deb: export EPOCH := $(EPOCH)
deb: dist ## make Debian packages of what dist packed for Linux
	set -e; for archive in dist/mx_exporter-$(VERSION).linux-*.tar.gz; do examples/debian/build.sh $$archive dist; done

image: ## build the container image (needs docker)
	docker build -f examples/docker/Dockerfile --build-arg VERSION=$(VERSION) --build-arg REVISION=$(REVISION) --build-arg BUILT=$(BUILT) -t mx_exporter:$(VERSION) .

vet: ## compile and vet for all SYSTEMS
	set -e; for system in $(SYSTEMS); do echo $$system; CGO_ENABLED=0 GOOS=$${system%/*} GOARCH=$${system#*/} $(GO) vet ./...; done

packages: ## test what dist and deb make (Debian, as root)
	$(GO) test -tags dist -count=1 ./examples/dist ./examples/systemd

test: ## run the tests, in a new order each time
	$(GO) test -shuffle=on ./...

race: ## the same with the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -shuffle=on ./...

lint: $(GOLANGCI_LINT) $(GOFUMPT) ## check style, import arrows and common mistakes
	$(GOLANGCI_LINT) run ./...
	@files=$$($(GOFUMPT) -l $(DIRS)); test -z "$$files" || { echo "not formatted (make fmt):" $$files; exit 1; }

fmt: $(GOLANGCI_LINT) ## format the sources
	$(GOLANGCI_LINT) fmt ./...

$(GOLANGCI_LINT):
	GOBIN=$(BIN) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)

$(GOFUMPT):
	GOBIN=$(BIN) $(GO) install mvdan.cc/gofumpt@$(GOFUMPT_VERSION)

# Go's fuzzer now and then calls its own end of time a failure ("context deadline
# exceeded"); a failure of ours always leaves a failing input.
fuzz: ## run each fuzz target for FUZZTIME
	@set -e; for dir in $$(grep -rlE '^func Fuzz' --include='*_test.go' $(DIRS) | xargs -r -n1 dirname | sort -u); do \
	  for target in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' $$dir/*_test.go | cut -c 6-); do \
	    echo "./$$dir $$target"; \
	    out=$$($(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) ./$$dir 2>&1) && code=0 || code=$$?; \
	    echo "$$out"; \
	    if [ $$code != 0 ] && { echo "$$out" | grep -q 'Failing input' || ! echo "$$out" | grep -q 'context deadline exceeded'; }; then exit $$code; fi; \
	  done; \
	done

golden: ## write the golden files and the metrics reference anew
	$(GO) test $$(grep -rlE 'flag\.Bool\("update"' --include='*_test.go' $(DIRS) | xargs -r -n1 dirname | sort -u | sed 's|^|./|') -update

bench: ## run the benchmarks
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchtime $(BENCHTIME) -benchmem ./...

demo: ## the exporter and a mail internet in one process
	$(GO) run ./examples/demo

real: ## test against real servers (Debian packages)
	$(GO) test -tags real -count=1 -timeout 8m -v ./examples/realservers/...

check: build lint race ## what CI runs

clean: ## remove what was built
	rm -rf $(BIN) dist mx_exporter mx_sd
