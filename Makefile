# make demo   a populated installation on this machine      make test    lint, types, contracts, tests
# make bench  figures                                       make check   all of `make test`, unabridged
# make study  how good the scores are, by simulation: an hour; REPLICATIONS=50 for a first look
# Needs Python 3.11 or newer and the package registries, nothing else.

PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
LOCK := requirements/development.txt
# uv installs in seconds; pip, which knows the machine's own settings, takes over where uv cannot reach the registry.
PIP = $(BIN)/python -m pip install --quiet --require-hashes --no-deps
NPM = $(if $(wildcard $(BIN)/npm),$(BIN)/npm,npm)
TEMPLATES := templates
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export NODE_USE_SYSTEM_CA := 1
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test check lint types templates database tests bench study fuzz format lock clean
.DEFAULT_GOAL := setup

setup: .venv/installed node_modules/.installed

.venv/installed: $(LOCK)
	@test -n "$(PYTHON)" || { echo "Screening needs Python 3.11 or newer; set PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv .venv
	awk '/^uv==/ {found = 1} found {print} found && !/\\$$/ {exit}' $(LOCK) > .venv/uv.txt
	$(PIP) --requirement .venv/uv.txt
	$(BIN)/uv pip install --quiet --system-certs --require-hashes --requirement $(LOCK) || $(PIP) --requirement $(LOCK)
	@touch $@

node_modules/.installed: package-lock.json package.json .venv/installed
	$(NPM) ci --silent
	@touch $@

demo: setup
	@exec $(BIN)/python -m screening.demo

# One after the other, for on two cores they would only slow each other down; types and the database take a core each.
test: setup
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory --jobs=2 types database
	@$(MAKE) --no-print-directory tests

check: export SCREENING_UNABRIDGED = 1
check: setup
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory --jobs=2 types database
	@$(MAKE) --no-print-directory tests PYTEST_OPTIONS="--cov --cov-report=term $(PYTEST_OPTIONS)"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet $(TEMPLATES)

types: setup
	$(BIN)/mypy

# Which the tests copy; they make it themselves where it is missing, one of them while the others wait.
database: export DJANGO_SETTINGS_MODULE = tests.settings
database: setup
	@$(BIN)/python -m tests.databases

tests: setup
	$(BIN)/pytest $(PYTEST_OPTIONS)

bench: export OPENBLAS_NUM_THREADS = 1
bench: export SCREENING_ON_DISK = 1
bench: setup
	$(BIN)/pytest -n0 -s -o python_files='bench_*.py' tests/bench $(PYTEST_OPTIONS)

# Its processes take every core themselves.
REPLICATIONS ?= 1000
study: export OPENBLAS_NUM_THREADS = 1
study: setup
	@$(BIN)/python -m tests.study --replications $(REPLICATIONS)

fuzz: export SCREENING_FUZZ = 1000
fuzz: setup
	$(BIN)/pytest -n0 -k schema $(PYTEST_OPTIONS)

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# New exact versions with hashes, for every platform, without the address of any index.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
lock: .venv/installed
	$(COMPILE) --upgrade --extra embedded --extra development pyproject.toml --output-file requirements/development.txt
	$(COMPILE) --constraint requirements/development.txt pyproject.toml --output-file requirements/production.txt

clean:
	rm -rf .venv node_modules var .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* htmlcov
