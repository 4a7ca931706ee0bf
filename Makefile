# Two commands are enough: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
PACKAGES := api resolvers domain integrations

# `make test PYTHON=python3.13` makes the environment anew if it is of another Python. Without PYTHON it stays as it is.
ifneq ($(origin PYTHON),file)
WANTED := $(shell $(PYTHON) -c 'import sys; sys.version_info >= (3, 11) and print(sys.version)' 2>/dev/null)
ifneq ($(WANTED),)
ifneq ($(WANTED),$(shell $(BIN)/python -c 'import sys; print(sys.version)' 2>/dev/null))
$(shell rm -f .venv/.ready .venv/.compiled $(BIN)/python)
endif
endif
endif

.PHONY: help run test test-long soak attack lint types style bench schema settings permissions web clients pictures clean lock
help: ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "%-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Baton needs Python 3.11 or newer: try make $(MAKECMDGOALS) PYTHON=python3.12."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python cannot create virtual environments. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Creating the environment in .venv. This takes about a minute, and happens once."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib || true # pip compiles on one core; some packages carry files of Python 2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Compile the sources in advance: compiling during the start takes up to a second, and with
# PYTHONDONTWRITEBYTECODE at every start; the tests start hundreds of processes. Sources that changed are compiled again.
.venv/.compiled: .venv/.ready $(shell find $(PACKAGES) -name '*.py')
	@$(BIN)/python -m compileall -q $(PACKAGES)
	@touch $@

run: .venv/.compiled ## install, then serve on 127.0.0.1:8000 (PORT, BATON_DATA)
	@exec $(BIN)/baton serve

# mypy takes about as long as all other checks together.
lint: .venv/.ready ## check style, types, dependencies between packages, schema.graphql
	@$(MAKE) --no-print-directory -j 2 types style

types: .venv/.ready
	$(BIN)/mypy

style: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/baton schema --check

# pytest compiles the tests its own way (it rewrites their asserts), each of its processes for itself, unless one did it
# before. That takes 13 seconds, here on the core that mypy leaves free. What is wrong with a test is told by the run.
.venv/.rewritten: .venv/.ready $(shell find tests clients/python dev benchmarks -name '*.py')
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest --collect-only -qq >/dev/null 2>&1 || true
	@touch $@

CHECKED = $(MAKE) --no-print-directory -j 2 .venv/.rewritten types style .venv/.compiled

# Three at a time on two cores: half of a run is waiting, for processes that start, end and are killed. The MongoDB of each
# grows to 0.7 GB of memory.
test: .venv/.ready ## lint, and run all tests (WORKERS=4 where there is memory)
	@$(CHECKED)
	$(BIN)/pytest -n $(or $(WORKERS),3)

# Long histories take up to hours, and not the 120 s that a test may take elsewhere.
test-long: .venv/.ready ## run the randomised tests with more and longer histories
	@$(CHECKED)
	BATON_LONG=1 $(BIN)/pytest --timeout 14400 -n $(or $(WORKERS),3)

soak: .venv/.compiled ## run a deployment under load, with crashes, elections, upgrades and erasures (MINUTES=60)
	BATON_SOAK_MINUTES=$(or $(MINUTES),60) $(BIN)/pytest -s tests/soak

attack: .venv/.ready ## attack a running server, beside an honest caller whose latency is measured (ATTACKS="-k uploads")
	$(BIN)/pytest tests/attack $(ATTACKS)

bench: .venv/.ready ## run the benchmarks and write benchmarks/RESULTS.md (PART=peers, PART=smoke, PART="pages fanout")
	$(BIN)/python -m benchmarks $(PART)

schema: .venv/.ready ## write schema.graphql from the code
	$(BIN)/baton schema

settings: .venv/.ready ## write docs/reference/settings.md from the code
	$(BIN)/baton settings > docs/reference/settings.md

permissions: .venv/.ready ## write docs/reference/permissions.md from the table that the tests prove
	$(BIN)/python -m tests.resolvers.test_permissions_page

web: ## build api/web/dist from web/ (needs Node.js 20 or newer)
	cd web && npm ci --no-audit --no-fund --ignore-scripts && node types.js && npm run --silent check && node build.js ../api/web/dist

clients: .venv/.ready ## write the typed operations of clients/ (needs Node.js 20 or newer)
	$(BIN)/python -m dev.python_client
	cd clients/typescript && npm ci --no-audit --no-fund --ignore-scripts && node generate.js && npm run --silent build

pictures: .venv/.compiled ## draw every page into docs/pictures (needs Chromium)
	@$(BIN)/python -m tests.browser.pictures

lock: .venv/.ready ## pin every dependency with its hashes, and those of the image in deploy/
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --extra bench --extra dev --extra motor --extra otel --extra s3 -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --extra otel --extra s3 --constraint requirements.lock -o deploy/requirements.lock

clean: ## delete the environment and the demo's data
	rm -rf .venv .baton
