# Every path is relative, so that the checkout may lie anywhere, blanks in its path included.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
CONFIG ?= config.example.toml
# more words for pytest, the benchmark or uv: make test ARGS="-k lockout", make lock ARGS=--upgrade
# words of yours for the tests mean one process, unless they say otherwise: make test ARGS="-n auto tests/oidc"
ARGS ?=

.PHONY: help
help: ## List what can be made
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: .venv/.run-installed ## Start the demo on http://localhost:3100; the first time installs it
	@exec $(BIN)/idp --config "$(CONFIG)" serve

.PHONY: test
test: .venv/.dev-installed ## Run all tests, and see that they cover the rules (ARGS="-k name" for some)
	@$(BIN)/python -m pytest $(or $(ARGS),-n auto --dist loadfile --cov)

.PHONY: check
check: format-check lint types layers house drift audit ## Run all checks but the tests: make -k check shows every failure

.PHONY: format
format: .venv/.dev-installed ## Format the code and mend what the linter can mend
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

.PHONY: lock
lock: ## Write the lock files anew (ARGS=--upgrade for newer versions)
	@.ci/lock $(ARGS)

.PHONY: texts
texts: .venv/.dev-installed ## Write what is new in the pages into their catalogues
	@$(BIN)/python -m tests.pages.texts

.PHONY: screens
screens: .venv/.dev-installed ## Take the pictures of the docs anew, in Chromium
	@$(BIN)/python -m tests.pages.browser.screens

.PHONY: bench
bench: .venv/.dev-installed ## Measure this machine beside its own ceiling
	@$(BIN)/python benchmarks/run.py $(ARGS)

.PHONY: clean
clean: ## Remove caches and what was built; .venv and var/ stay
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.*
	@find idp tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the parts of check ---

.PHONY: format-check lint types layers house drift audit
format-check: .venv/.dev-installed
	@$(BIN)/ruff format --check

lint: .venv/.dev-installed
	@$(BIN)/ruff check

types: .venv/.dev-installed
	@$(BIN)/mypy
	@$(BIN)/mypy .ci/audit.py

layers: .venv/.dev-installed
	@$(BIN)/lint-imports --no-logo

house: .venv/.dev-installed
	@$(BIN)/python -m pytest -q tests/house

drift: .venv/.dev-installed
	@$(BIN)/idp schemas --check

audit: .venv/.dev-installed
	@$(BIN)/python .ci/audit.py requirements/dev.lock

# --- the environment, made again only when what it was made from has changed ---

.venv/.run-installed: requirements/run.lock pyproject.toml .venv/bin/python
	@.ci/install run

.venv/.dev-installed: requirements/dev.lock pyproject.toml .venv/bin/python
	@.ci/install dev

# no recipe: a Python that is gone, or newer than the stamp, sends the stamps to .ci/install, which looks what is left
.venv/bin/python: ;
