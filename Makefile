# The verbs of this repository. Everything runs from .venv, which `setup` makes from the hashed locks.

# The first of these that is 3.11 or newer and can make one makes the environment. The system's own is built with
# optimisations that one compiled on the spot often lacks: a quarter more time for the same.
PYTHON ?= /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11
BIN := .venv/bin
TESTS ?=
# While one worker waits for the systems it breaks, another computes; a part is soonest done by one.
IN_TWO := --numprocesses 2 --dist loadgroup
BENCH ?=
RECOVERY ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test faults recovery mutants bench lint up down status contracts release lock clean format screenshots

help: ## Show the verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

setup: ## Make .venv from the locks (done by every other verb too; instant when nothing changed)
	@for python in $(PYTHON); do \
		if $$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			exec $$python -m deploy.setup.install; \
		fi; \
	done; \
	echo "setup: none of $(PYTHON) is Python 3.11 or newer with venv. On Debian and Ubuntu: apt-get install python3 python3-venv"; \
	exit 1

demo: setup ## Play a whole season on a local stack; results in build/demo/
	@$(BIN)/spn demo

test: setup ## All tests, two at a time (a quarter of an hour). A part of them: make test TESTS=services/billing
	@$(BIN)/pytest --durations=10 $(if $(TESTS),$(TESTS),$(IN_TWO))

mutants: setup ## Break the system in many ways, one at a time: the auditor must find each. One: make mutants MUTANTS=inbox-off
	@$(BIN)/python -m tests.mutants $(MUTANTS)

bench: setup ## Speed against the bare machine and the naive way; build/bench.json. A look only: make bench BENCH=--quick
	@$(BIN)/python -m tests.bench $(BENCH)

faults: setup ## Kill, freeze, restart and poison the running system for SPN_FAULTS_MINUTES (6); results in build/faults/
	@$(BIN)/python -m tests.faults

recovery: setup ## How long after a SIGKILL there is an effect again (25 minutes); a look only: make recovery RECOVERY="--kills 5"
	@$(BIN)/python -m tests.faults.recovery $(RECOVERY)

lint: setup ## Style, types, layers, contracts, locks
	@$(BIN)/python -m deploy.lint

format: setup ## Put the code in the style that lint asks for
	@$(BIN)/ruff check --fix-only --quiet . && $(BIN)/ruff format --quiet .

up: setup ## Start the local stack and the four services; addresses in .local/stack.env
	@$(BIN)/spn up

down: setup ## Stop what `make up` started
	@$(BIN)/spn down

status: setup ## Lag, outbox and dead letters of each service
	@$(BIN)/spn status

contracts: setup ## Write the generated schemas, examples and documents anew
	@$(BIN)/python -m spn.contracts.generate

screenshots: setup ## Take the pictures in docs/images anew; needs Chromium (apt-get install chromium)
	@$(BIN)/python -m services.enrolment.tests.pages.screenshots

release: setup ## Make the contracts of now the ones that every later change must keep to (once per release)
	@$(BIN)/python -m spn.contracts.release

lock: setup ## Write the hashed locks anew; UPGRADE=1 asks for the newest versions
	@$(BIN)/python -m deploy.setup.lock $(if $(UPGRADE),--upgrade)

clean: ## Remove all that was made, .venv too; stop the stack first
	@if [ -x $(BIN)/spn ] && [ -d .local ]; then $(BIN)/spn down || true; fi
	@rm -rf .venv .venv.lock .local build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
