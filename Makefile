# Two commands: `make demo` shows Ridni at work, `make test` proves it. Both set up all they need.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# One line for each package on its way, so that a minute of installing is seen to go on.
SHOW := | { grep --line-buffered -E "^(Collecting|Installing|ERROR)" || true; }

help: ## Show the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Ridni needs Python 3.11 or later; run: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { tools/debian-packages python3-venv && $(PYTHON) -m venv $(VENV); }

# Every file must have the hash that the lock says, and no package runs a build script here.
LOCKED := $(PIP) install --require-hashes --only-binary :all: -r requirements

$(VENV)/.installed: $(BIN)/python pyproject.toml requirements/run.lock
	@echo "Installing Ridni into $(VENV) (about a minute, once) …"
	@set -o pipefail; $(LOCKED)/run.lock $(SHOW)
	@set -o pipefail; $(PIP) install --no-deps --no-build-isolation -e . $(SHOW)
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements/dev.lock
	@echo "Installing what the tests and benchmarks need …"
	@set -o pipefail; $(LOCKED)/dev.lock $(SHOW)
	@touch $@

setup: $(VENV)/.installed ## Make the environment: the `ridni` command is then .venv/bin/ridni

demo: setup ## A fictional world from files to the review app (Ctrl-C ends it)
	@$(BIN)/ridni demo

test: $(VENV)/.installed-dev ## Everything the tests need, and the whole suite
	@command -v chromium >/dev/null || tools/debian-packages chromium
	@tools/debian-packages nginx-light strace
	@tools/debian-packages tesseract-ocr tesseract-ocr-ukr tesseract-ocr-rus || echo "Without tesseract the test of scans is left out."
	@tools/debian-packages antiword || echo "Without antiword the tests of old Word documents are left out."
	@$(MAKE) --no-print-directory lint
	tools/offline $(BIN)/pytest -q -n auto --dist loadfile $(TESTS)

lint: $(VENV)/.installed-dev ## Style, types and the rooms' import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: $(VENV)/.installed-dev ## Measure speed and quality next to peers
	$(BIN)/python -m benchmarks

messages: ## Compile the Ukrainian words of the pages after a change of django.po
	@tools/debian-packages gettext
	msgfmt --check --output-file=review/locale/uk/LC_MESSAGES/django.mo review/locale/uk/LC_MESSAGES/django.po

.venv-release/.installed: requirements/release.lock
	@$(PYTHON) -m venv .venv-release
	@set -o pipefail; .venv-release/bin/python -m pip install --require-hashes --only-binary :all: -r $< $(SHOW)
	@touch $@

lock: .venv-release/.installed ## Lock the dependencies anew (versions stay; UPGRADE=--upgrade renews them)
	@tools/lock $(UPGRADE)

sbom: $(VENV)/.installed .venv-release/.installed ## Write the bill of materials of what `make setup` installs
	@$(BIN)/python tools/sbom.py

clean: ## Remove the environment and the demo's home
	rm -rf $(VENV) .venv-release .ridni

.PHONY: help setup demo test lint bench messages lock sbom clean
