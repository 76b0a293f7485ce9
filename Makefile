# Two commands do everything: `make run` and `make test`. Needs Python 3.11, make and a package registry.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help env run warm test test-all check format coverage bench docs lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "Python 3.11 is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements.lock)"
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

env: $(STAMP)  ## create the locked environment in .venv

run: env  ## run the main job: compare the regimes, print a table, write a report in out/
	$(BIN)/bijstand compare regular exemption intensive disregard --db sqlite:///out/bijstand.sqlite --out out

warm: env  ## compile the month for this processor (three seconds, once)
	@$(BIN)/bijstand bench --warm

test: env warm  ## the tests (under ten minutes on two cores)
	$(BIN)/python -m pytest -n 2 -m "not slow"

test-all: env warm  ## the tests and the slow verification
	$(BIN)/python -m pytest -n 2

check: env  ## style, types, import direction
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: env  ## put the code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

coverage: env  ## the tests, with branch coverage
	$(BIN)/python -m pytest -n 2 -m "not slow" --cov --cov-report=term-missing:skip-covered

bench: env  ## the benchmarks of this machine
	$(BIN)/bijstand bench --out docs/validation

lock: env  ## renew requirements.lock from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --extra pdf --extra cluster --generate-hashes --no-emit-index-url --no-header -o requirements.lock pyproject.toml requirements.in

clean:  ## remove the environment and everything made
	rm -rf $(VENV) out .mypy_cache .ruff_cache .pytest_cache .hypothesis
