# Two commands matter: `make demo` shows the model at work, `make test` checks it. Each sets up .venv if needed.

PYTHON ?= python3
DEMO_HISTORIES ?= 200

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
RUN_READY := .venv/.ready-to-run
TEST_READY := .venv/.ready-to-test

.NOTPARALLEL:
.PHONY: help demo test check bench slow cover clean

help:
	@echo 'make demo    run Puebla 1996-2010 and small against large, pictures in demo/'
	@echo 'make test    check, then all tests but the slow ones'
	@echo 'make check   style, types and the contract between the layers'
	@echo 'make bench   print the table of speed and memory'
	@echo 'make slow    the slow tests'
	@echo 'make cover   tests with the lines they do not reach'
	@echo 'make clean   remove what the other commands wrote, but not .venv'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "rcpsim needs Python 3.11 or newer, found " + sys.version.split()[0] + "; try: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv --clear .venv || { rm -rf .venv; exit 1; }

$(RUN_READY): pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --quiet -c constraints.txt -e .
	@touch $@

# What the tests need includes what a run needs, so this marks both as ready.
$(TEST_READY): pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --quiet -c constraints.txt -e '.[test]'
	@touch $(RUN_READY) $@

demo: $(RUN_READY)
	$(BIN)/rcpsim run puebla --years 1996-2010 --histories 200 --seed 1 --out demo/puebla --force
	$(BIN)/rcpsim compare small-process large-process large-process-working-groups --histories $(DEMO_HISTORIES) --seed 1 --out demo/size --force
	@echo
	@echo 'The pictures lie in demo/puebla/figures/ and demo/size/figures/.'
	@echo 'To watch a history, open demo/puebla/player.html or demo/size/player.html in a browser.'

test: check
	$(BIN)/python -m pytest -n 2

check: $(TEST_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(TEST_READY)
	$(BIN)/python -m tests.benchmarks.bench

slow: $(TEST_READY)
	$(BIN)/python -m pytest -m slow

cover: $(TEST_READY)
	$(BIN)/python -m pytest -n 2 --cov=rcpsim --cov-report=term-missing

clean:
	rm -rf demo build dist htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name .venv -prune -o -name __pycache__ -type d -exec rm -rf {} +
