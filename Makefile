# Every target sets up what it needs in .venv; nothing else has to be installed but python3 (>= 3.11, with venv).
# Versions are those of constraints.txt, so that what is tested here is what runs on the next machine.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
WORKERS ?= 2

.PHONY: demo test bench lint types contract install clean

demo: $(VENV)/.stamp-run
	$(BIN)/zscape run digits

# A process has one backend: everything once on TensorFlow, then what touches a backend on the other two.
ON_EVERY_BACKEND := tests/backends tests/networks tests/pathways tests/inference tests/training tests/recipes
PYTEST := $(BIN)/python -m pytest --quiet -n $(WORKERS) --dist loadfile

test: $(VENV)/.stamp-test
	KERAS_BACKEND=tensorflow $(PYTEST)
	KERAS_BACKEND=torch $(PYTEST) $(ON_EVERY_BACKEND)
	KERAS_BACKEND=jax $(PYTEST) $(ON_EVERY_BACKEND)

# BENCH takes options: make bench BENCH=--quick
bench: $(VENV)/.stamp-test
	@echo "Comparing training steps: about 12 minutes on two cores with nothing else at work"
	@$(BIN)/python -m benchmarks.step $(BENCH)

lint: $(VENV)/.stamp-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.stamp-dev
	$(BIN)/pyright

contract: $(VENV)/.stamp-dev
	$(BIN)/lint-imports

install: $(VENV)/.stamp-dev
	@echo "Development environment: . $(BIN)/activate"

clean:
	rm -rf $(VENV) build dist .pytest_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "zscape needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Use: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv is missing: install python3-venv."; exit 1; }

$(VENV)/.stamp-run: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing zscape with TensorFlow into $(VENV) (about 300 MB to download)"
	$(PIP) --editable ".[tensorflow]"
	@touch $@

$(VENV)/.stamp-test: $(VENV)/.stamp-run
	@echo "Installing what the tests need: the other two backends too (about 300 MB to download)"
	$(PIP) --editable ".[tensorflow,jax,torch,test]"
	@touch $@

$(VENV)/.stamp-dev: $(VENV)/.stamp-test
	@echo "Installing what development needs"
	$(PIP) --editable ".[tensorflow,jax,torch,dev]"
	@touch $@
