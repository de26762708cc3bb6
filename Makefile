# Slotdesk: every day's commands. `make` alone lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV_PYTHON := .venv/bin/python
INSTALL = cd deploy && $(PYTHON) -m local.install
LOCAL = cd deploy && $(VENV_PYTHON) -m local
UV = $(CURDIR)/.local/bootstrap/bin/uv
LOCK = pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url
PARTS = shared_contracts admin_service bot_service deploy

.DEFAULT_GOAL := help
.PHONY: help setup setup-run installed run up down status logs test test-servers bench campaign fuzz check format lock compose-files clean

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup:  ## Install what is missing: Debian packages (as root), uv, one environment per part
	@$(INSTALL) all

setup-run:
	@$(INSTALL) run

run: setup-run  ## Start everything here; Ctrl-C stops it
	@$(LOCAL) run

up: setup-run  ## Start everything in the background
	@$(LOCAL) up

down: installed  ## Stop everything; the data stays
	@$(LOCAL) down

status: installed  ## Show what runs, and where
	@$(LOCAL) status || true

logs: installed  ## Follow the logs (one: make logs NAME=bot)
	@$(LOCAL) logs --follow $(NAME)

# These never install anything: without an installation nothing can run.
installed:
	@test -x deploy/$(VENV_PYTHON) || { echo "Nothing is installed, so nothing runs."; exit 1; }

test: setup  ## Run every test on real servers (some: make test SUITES="bot sandbox")
	@$(LOCAL) suites test $(SUITES)

test-servers: setup  ## Start servers for running tests by hand; addresses go to .local/test-servers/servers.env
	@$(LOCAL) servers up --home ../.local/test-servers --free-ports

bench: setup  ## Measure how long fifty people wait for the bot, a change in the desk for the chat, and bookings a second
	@cd deploy && $(VENV_PYTHON) -m bench

campaign: setup  ## Send thousands of reminders while processes are killed; count what is missing or doubled
	@cd deploy && $(VENV_PYTHON) -m bench.reminders

fuzz: setup  ## Ask the desk and the API thousands of things nobody would ask; print each answer that is a 5xx
	@cd deploy && $(VENV_PYTHON) -m bench.fuzz $(FUZZ)

check: setup  ## Lint, types, layers, migrations, contracts
	@$(LOCAL) suites check $(SUITES)

format: setup  ## Format the code and sort its imports
	@deploy/.venv/bin/ruff check --fix --quiet . ; deploy/.venv/bin/ruff format .

lock: setup  ## Pin the newest allowed versions, with hashes, for every part
	@set -e; for part in $(PARTS); do \
	  echo "Locking $$part ..."; \
	  (cd $$part && UV_SYSTEM_CERTS=1 $(UV) $(LOCK) --upgrade --extra dev pyproject.toml -o requirements-dev.txt \
	    && UV_SYSTEM_CERTS=1 $(UV) $(LOCK) --upgrade -c requirements-dev.txt pyproject.toml -o requirements.txt); \
	done
	@cd admin_service && npm update --package-lock-only --silent

compose-files: setup-run  ## Write the secrets and settings that docker-compose.yml needs
	@$(LOCAL) compose-files

clean:  ## Stop everything and remove its data, secrets, logs and caches
	@if [ -x deploy/$(VENV_PYTHON) ]; then cd deploy && for home in .local .local/test-servers .local/test/admin .local/test/desk .local/test/access .local/test/bot .local/test/dialogs .local/test/migrations .local/acceptance .local/conversation .local/bench .local/deciding .local/reminders .local/fuzz .local/lists; do \
	  $(VENV_PYTHON) -m local down --home ../$$home || exit 1; done; fi
	@rm -rf .local
	@find . -name .venv -prune -o -name .git -prune -o -type d \
	  \( -name __pycache__ -o -name .mypy_cache -o -name .ruff_cache -o -name .pytest_cache -o -name .hypothesis \
	  -o -name .import_linter_cache \) -print | xargs -r rm -rf
