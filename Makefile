# Kitei. A newcomer needs two of these: `make serve` and `make test`.
# Paths are relative, so that a checkout below a folder with spaces works.

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
PYTHON ?= python
else
BIN := .venv/bin
# The first of these that is at least 3.11.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
endif
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
UV ?= uv
LOCK := $(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command "make lock" pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help install serve test lint types tests bench bench-check bench-serve bench-load \
	bench-pages bench-runaway bench-isolation screenshots wheel lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

install: .venv/runtime.stamp ## the environment that answers questions (.venv)

serve: .venv/runtime.stamp ## the example city, served on this machine; the address is printed
	@$(BIN)/kitei serve --example $(ARGS)

test: lint types tests ## everything that is checked before a commit

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev.stamp
	$(BIN)/mypy

# Files go to one process a processor, whole, since their tests share servers and environments;
# in order of name, since otherwise those of few and long tests come last, and one waits for all.
tests: .venv/dev.stamp
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

bench: .venv/dev.stamp ## what a question costs, beside rdflib, at 1,000 to 100,000 staff (some minutes)
	@$(BIN)/python -m bench.ask $(ARGS)

bench-check: .venv/dev.stamp ## what a check costs: one city beside its peers, 1,741, a large one (ARGS=--quick)
	@$(BIN)/python -m bench.check $(ARGS)

bench-serve: .venv/dev.stamp .venv/peers.stamp ## what a request costs, beside oxigraph and rdflib-endpoint; needs wrk (ARGS=--quick)
	@$(BIN)/python -m bench.serve --rdflib-endpoint .venv/peers/bin/rdflib-endpoint $(ARGS)

bench-load: .venv/dev.stamp ## ten minutes of traffic, evaluators killed and data changed (ARGS="--minutes 2")
	@$(BIN)/python -m bench.load $(ARGS)

bench-pages: .venv/dev.stamp ## what each page costs the service; fails where a goal is missed (ARGS=--token)
	@$(BIN)/python -m bench.pages $(ARGS)

bench-runaway: .venv/dev.stamp ## queries without end, and what others notice of them
	@$(BIN)/python -m bench.runaway $(ARGS)

bench-isolation: .venv/dev.stamp ## what it costs to evaluate a query in a process that can be killed
	@$(BIN)/python -m bench.isolation $(ARGS)

screenshots: .venv/dev.stamp ## the pictures in the READMEs
	@$(BIN)/python -m bench.screenshots $(ARGS)

wheel: .venv/dev.stamp ## dist/: the wheel and the source distribution
	rm -rf dist
	$(BIN)/hatchling build -d dist -t wheel -t sdist

.venv/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "Kitei needs Python 3.11 or newer (make PYTHON=/path/to/python3.11)" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/runtime.stamp: requirements/runtime.lock requirements/build.lock pyproject.toml | .venv/pyvenv.cfg
	$(PIP) --require-hashes -r requirements/runtime.lock -r requirements/build.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements/dev.lock .venv/runtime.stamp
	$(PIP) --require-hashes -r requirements/dev.lock
	@touch $@

.venv/peers.stamp: Makefile | .venv/pyvenv.cfg
	$(PYTHON) -m venv .venv/peers
	.venv/peers/bin/python -m pip install --quiet --disable-pip-version-check rdflib-endpoint==0.6.3 uvicorn
	@touch $@

lock: ## pin every dependency again, with hashes (needs uv; UPGRADE=--upgrade for newer versions)
	$(LOCK) $(UPGRADE) --group dev --output-file requirements/dev.lock
	$(LOCK) --constraint requirements/dev.lock --output-file requirements/runtime.lock
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		--custom-compile-command "make lock" --constraint requirements/dev.lock \
		--group build --output-file requirements/build.lock

clean: ## remove the environment and everything that was built
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
