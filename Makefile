# Two commands are enough: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin
ROOMS := api resolvers domain integrations

.PHONY: help run test test-long lint bench schema settings clean lock
help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "%-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Baton needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.12, say."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python cannot make environments. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Setting up the environment in .venv; once, for a minute or so."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Sources that are compiled beforehand: a start that compiles takes up to a second longer, and where
# PYTHONDONTWRITEBYTECODE is set every start would. Newer sources are compiled again.
.venv/.compiled: .venv/.ready $(shell find $(ROOMS) -name '*.py')
	@$(BIN)/python -m compileall -q $(ROOMS)
	@touch $@

run: .venv/.compiled ## set everything up and serve on 127.0.0.1:8000 (PORT, BATON_DATA)
	@exec $(BIN)/baton serve

lint: .venv/.ready ## style, types, arrows between the rooms, schema.graphql
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/baton schema --check

test: lint ## everything that must hold
	$(BIN)/pytest -n 2

test-long: lint ## the random histories at their larger figure
	BATON_LONG=1 $(BIN)/pytest -n 2

bench: .venv/.ready ## measure; writes benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

schema: .venv/.ready ## write schema.graphql from the code
	$(BIN)/baton schema

settings: .venv/.ready ## write docs/reference/settings.md from the code
	$(BIN)/baton settings > docs/reference/settings.md

lock: .venv/.ready ## pin every dependency with its hashes
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --extra dev --extra motor -o requirements.lock

clean: ## forget the environment and the demo's data
	rm -rf .venv .baton
