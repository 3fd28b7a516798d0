# Two commands matter: `make run` and `make test`. Each installs what it needs first (scripts/install.sh says what and
# why) and needs nothing on the machine but Rust, Node and make.

.DEFAULT_GOAL := help
.PHONY: help run build web test test-build test-browser lint fmt bench api install-run install-test

TARGET := $(or $(CARGO_TARGET_DIR),target)
API := web-admin/openapi.json
UNDER_TEST := $(TARGET)/under-test/tenure
# The console: built where its sources are, and again only when one of them changed. What is embedded in a release build is
# what lies there then; the variable tells the compiler that it came or went.
CONSOLE := $(if $(wildcard web-admin/package.json),web-admin/dist/index.html)
WEB_SOURCES := $(shell find web-admin -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
export TENURE_CONSOLE = $(shell test -e web-admin/dist/index.html && echo built)
# The clock that a test sets. Named for the whole workspace in every call, so that cargo settles on one set of features and
# compiles each dependency once: the program that the scenarios start is built together with the tests that start it.
TEST := --workspace --features tenure/test-clock

# Stories make a database each. Where memory can hold their files, no disk need do; elsewhere they lie where temporary files do.
ROOMY := $(shell test -w /dev/shm && test "$$(df -Pk /dev/shm 2>/dev/null | awk 'END { print $$4 }')" -gt 6000000 && echo /dev/shm)

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

run: build ## the sample organisation, one departure played through, and the server; data stays in ./data
	$(TARGET)/release/tenure serve --sample

build: install-run web ## the program: target/release/tenure
	cargo build --release -p tenure

web: $(CONSOLE) ## the console: web-admin/dist, which the program carries

web-admin/dist/index.html: $(WEB_SOURCES) web-admin/node_modules/.package-lock.json
	cd web-admin && npm run build

web-admin/node_modules/.package-lock.json: web-admin/package.json web-admin/package-lock.json
	scripts/install.sh --for web
	cd web-admin && npm ci --no-audit --no-fund
	touch $@

test: test-build ## all tests, on SQLite and on PostgreSQL
	cd web-admin && npm run check
	$(if $(ROOMY),TMPDIR=$(ROOMY)) TENURE_PROGRAM=$(abspath $(UNDER_TEST)) cargo test $(TEST) --no-fail-fast
	$(MAKE) --no-print-directory test-browser

# What people do at a screen: the real program with its sample on both databases, and Chromium.
test-browser: $(UNDER_TEST) tests/browser/node_modules/.package-lock.json ## the stories told in a browser, alone
	cd tests/browser && $(if $(ROOMY),TMPDIR=$(ROOMY)) TENURE_PROGRAM=$(abspath $(UNDER_TEST)) \
	  TENURE_POSTGRES=$(abspath $(TARGET)/debug/postgres-for-a-while) npm test

tests/browser/node_modules/.package-lock.json: tests/browser/package.json tests/browser/package-lock.json
	cd tests/browser && npm ci --no-audit --no-fund
	touch $@

# A copy, so that a `cargo run` in another window does not put a program without the test clock in its place half way.
$(UNDER_TEST): test-build

test-build: install-test web
	cargo build $(TEST) --bins --tests --bench measure
	mkdir -p $(dir $(UNDER_TEST))
	cp $(TARGET)/debug/tenure $(UNDER_TEST)

lint: install-test ## formatting, clippy, and the longest files and functions to think about
	cargo fmt --all --check
	cargo clippy $(TEST) --all-targets -- -D warnings
	scripts/longest.sh

fmt: ## formats the Rust code
	cargo fmt --all

# The program and what measures it, named together in both calls: cargo settles on one set of features and compiles once.
bench: install-test web tests/browser/node_modules/.package-lock.json ## measures, prints a table, writes target/bench.json
	cargo build --release -p tenure -p measure --bins --bench measure
	cargo bench -p tenure -p measure --bench measure

# Not through `web`: the console is compiled against what this writes.
api: install-test ## writes the API's description, for review, and the console's types from it
	cargo build $(TEST) --bins
	$(TARGET)/debug/tenure openapi > $(API).new
	mv $(API).new $(API)
	cd web-admin && { [ -d node_modules ] || npm ci --no-audit --no-fund; } && npm run api

install-run:
	@scripts/install.sh --for run

install-test:
	@scripts/install.sh --for test
