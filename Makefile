# make run: set up and start the app on the sample shop · make test: set up and run every check · make help: all commands
PYTHON ?= python3.11
PORT ?= 8501
ADDRESS := 127.0.0.1
BIN := .venv/bin
READY := .venv/.ready
WARM := .venv/.warm
PEERS := .venv-peers/.ready
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
# Without bytecode on disk every start would compile the libraries again, for seconds.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help setup run test style tests chromium journeys bench real soak lock sample format

help: ## Show every command
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(READY): requirements.txt
	@echo "Setting up the environment in .venv (once, and after requirements.txt changes)…"
	@command -v $(PYTHON) >/dev/null || { echo "Stockcast needs Python 3.11, and there is no $(PYTHON). Install it, or name yours: make run PYTHON=…"; exit 1; }
	@if ! $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
	  echo "Python's venv module is missing; installing python3.11-venv with apt…"; \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq python3.11-venv; \
	  else echo "Please run: sudo apt-get install python3.11-venv"; exit 1; fi; fi
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements.txt)"
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python requirements.txt
	@$(BIN)/python -m compileall -q -j 0 -x '/tests?/' .venv/lib core pages # libraries' own tests are never run
	@touch $@

$(WARM): $(READY) $(shell find core -path '*kernels*' -name '*.py' 2>/dev/null)
	@echo "Compiling the forecasting and simulation kernels (once)…"
	@$(BIN)/python -m core warm
	@touch $@

setup: $(WARM) ## Make the environment and compile the kernels

run: setup ## Start the app on 127.0.0.1:8501, with the sample shop loaded on the first start
	@$(BIN)/python -m core sample --if-empty || test $$? = 2 # a damaged workspace is mended on the pages
	@echo "Stockcast is at http://$(ADDRESS):$(PORT) (stop with Ctrl+C)"
	@exec $(BIN)/python serve.py --server.address $(ADDRESS) --server.port $(PORT)

# Types are checked on one core, and journeys wait for the browser half of the time: together they keep the cores busy.
test: $(READY) ## Run every check: style, types, import contracts, tests, browser journeys
	@$(MAKE) --no-print-directory --jobs=3 style chromium tests journeys

style: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

tests: $(WARM)
	$(BIN)/python -m pytest -q -n $$(nproc) --ignore=tests/journeys -m "not browser and not benchmark and not real_data and not thorough"

chromium:
	@if ! command -v chromium >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  echo "Installing Chromium for the browser journeys…"; \
	  apt-get update -qq && apt-get install -y -qq chromium >/dev/null || true; fi

journeys: $(WARM) chromium
	@if command -v chromium >/dev/null; then $(BIN)/python -m pytest -q -n 2 -m browser tests/journeys; \
	elif [ -n "$${CI:-}" ]; then echo "Chromium could not be installed, and in CI the browser journeys must run."; exit 1; \
	else echo "Browser journeys skipped: Chromium is not installed and only root may install it (sudo apt-get install chromium)."; fi

$(PEERS): tests/benchmarks/peers.txt $(READY)
	@echo "Setting up the peers' environment in .venv-peers (once)…"
	@test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	@$(BIN)/uv pip install --quiet --python .venv-peers/bin/python -r tests/benchmarks/peers.txt
	@touch $@

bench: $(WARM) $(PEERS) ## Time the product against its peers; ONLY=name runs one benchmark
	$(BIN)/python -m tests.benchmarks $(ONLY)

real: $(WARM) ## Run the tests on published data sets, where they lie beside the repository
	$(BIN)/python -m pytest -q -n auto -m "real_data and not browser"

soak: $(WARM) ## Run the long harnesses: generated files, kills, damaged logs, many writers (about an hour)
	$(BIN)/python -m pytest -q -n auto --hypothesis-profile=thorough tests/properties
	$(BIN)/python -m pytest -q -n auto -m thorough
	$(BIN)/python -m tests.csv.soak --files 20000
	$(BIN)/python -m tests.kill.every_step --every 1
	$(BIN)/python -m tests.kill.random_kills --kills 300
	$(BIN)/python -m tests.kill.damaged_logs --tries 200
	$(BIN)/python -m tests.kill.many_writers --writers 16 --operations 200 --reads 100000

sample: $(READY) ## Make the sample shop's files anew (they come out byte for byte the same)
	$(BIN)/python sample_data/make_shop.py

lock: $(READY) ## Pin requirements.txt anew from requirements.in
	$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --no-header --no-annotate requirements.in -o requirements.txt

format: $(READY) ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
