# `make demo` shows the whole of it; `make test` proves it; nothing is written outside this folder.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
DEMO_CONTACTS ?= 100000
DEMO_CAMPAIGNS ?= 569
PYTEST_FLAGS ?= -n 3 --dist worksteal

# A stamp names the lock and the folder that it was made for: another of either makes the environment again.
APP := $(VENV)/.app-$(shell cat requirements/app.txt pyproject.toml | sha256sum | cut -c1-12)-$(shell echo $(CURDIR) | sha256sum | cut -c1-6)
DEV := $(VENV)/.dev-$(shell cat requirements/dev.txt pyproject.toml | sha256sum | cut -c1-12)-$(shell echo $(CURDIR) | sha256sum | cut -c1-6)
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-cache-dir --quiet install
SELF := --no-deps --no-build-isolation --editable .

.PHONY: help demo test lint types reference messages lock venv clean

help:
	@echo "make demo      the whole of it, in a few minutes (DEMO_CONTACTS=$(DEMO_CONTACTS) DEMO_CAMPAIGNS=$(DEMO_CAMPAIGNS))"
	@echo "make test      every check and test (PYTEST_FLAGS=...)"
	@echo "make reference write docs/reference/{settings,commands}.md anew"
	@echo "make messages  bring the translators' catalogues up to date"
	@echo "make lock      choose new versions of what Fairpost stands on"
	@echo "make clean     remove what these made: environment, demo, caches"

venv: $(DEV)

demo: $(if $(wildcard $(DEV)),$(DEV),$(APP))
	FAIRPOST_DATA_DIR=var/demo $(BIN)/python -m fairpost.runtime demo --contacts $(DEMO_CONTACTS)
	FAIRPOST_DATA_DIR=var/demo $(BIN)/python -m fairpost.runtime demo january-2021 --campaigns $(DEMO_CAMPAIGNS)

test: $(DEV) lint types
	$(BIN)/python -m pytest $(PYTEST_FLAGS)

lint: $(DEV)
	$(BIN)/ruff check src tests $(wildcard benchmarks)
	$(BIN)/lint-imports --no-cache

types: $(DEV)
	$(BIN)/python -m mypy --cache-dir=.mypy_cache

reference: $(DEV)
	$(BIN)/python -m fairpost.runtime.reference

messages: $(DEV)
	$(BIN)/python -m fairpost.runtime.messages

lock: $(DEV)
	cd requirements && ../$(BIN)/uv pip compile -q --no-cache --generate-hashes --no-header --python-version 3.11 --upgrade app.in -o app.txt
	cd requirements && ../$(BIN)/uv pip compile -q --no-cache --generate-hashes --no-header --python-version 3.11 --upgrade -c app.txt dev.in -o dev.txt

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Fairpost needs Python 3.11 or newer; name it with make PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(APP): | $(BIN)/python
	$(PIP) --require-hashes -r requirements/app.txt
	$(PIP) $(SELF)
	@rm -f $(VENV)/.app-* && touch $@

$(DEV): | $(BIN)/python
	$(PIP) --require-hashes -r requirements/dev.txt
	$(PIP) $(SELF)
	@rm -f $(VENV)/.app-* $(VENV)/.dev-* && touch $@

# The demo's database is stopped before its folder goes.
clean:
	@if [ -x $(BIN)/python ] && [ -d var/demo ]; then FAIRPOST_DATA_DIR=var/demo $(BIN)/python -m fairpost.runtime db stop >/dev/null || true; fi
	rm -rf $(VENV) var build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache src/*.egg-info
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
