# day30: `make demo` runs all four lessons, `make test` the tests, `make bench` the race. They need a Rust toolchain and
# nothing else.

CARGO ?= cargo

.PHONY: help demo test check bench install

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Play all four lessons in one process, over real sockets
	$(CARGO) run --locked -- demo

test: ## Run every test; says which ones are left out where a tool is missing
	@for tool in python3 strace prlimit; do \
	  command -v $$tool >/dev/null 2>&1 || echo "LEFT OUT: the tests that need $$tool, which is not installed"; \
	done
	$(CARGO) test --locked

check: ## Formatting, lints and documentation, without a warning
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps

bench: ## Race the I/O models on this machine: a minute, and nothing else should run meanwhile
	$(CARGO) run --release --locked -- race

install: ## Install the program into ~/.cargo/bin
	$(CARGO) install --locked --path .
