# Two commands do everything: `make run` and `make test`. Needs Python 3.11 or newer (or uv), make and a package registry.
# The first of these that works; where there is none, uv fetches one.
PYTHON ?= $(shell for each in python3.11 python3.13 python3.12 python3.14 python3; do \
  $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
VENV   := .venv
BIN    := $(VENV)/bin
# What running needs, and what working on the program needs besides: `make run` never waits for the second.
RUN    := $(VENV)/.run
DEV    := $(VENV)/.dev
UV     := .uv/bin/uv
LOCK   := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: help env env-dev run warm test test-quick test-all verify release bundle check format coverage bench docs lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(UV): requirements.lock
	@mkdir -p .uv/bin
	@if command -v uv >/dev/null; then ln -sf "$$(command -v uv)" $@; \
	elif [ -n "$(PYTHON)" ]; then rm -rf .uv && $(PYTHON) -m pip install --quiet --disable-pip-version-check \
	  --root-user-action ignore --target .uv "uv==$$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements.lock)"; \
	else echo "Python 3.11 or newer is needed (or uv, which fetches it); set PYTHON=/path/to/python3"; exit 1; fi

$(BIN)/python: | $(UV)
	@$(UV) venv --quiet --clear --python "$(or $(PYTHON),3.11)" $(VENV)

$(RUN): $(BIN)/python requirements.lock pyproject.toml
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(BIN)/python requirements-dev.lock requirements.lock pyproject.toml
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(RUN) $@

env: $(if $(wildcard $(DEV)),$(DEV),$(RUN))  ## create the locked environment of a run in .venv
env-dev: $(DEV)  ## create the locked environment of a developer in .venv

run: env  ## run the main job: compare the regimes, print a table, write a report in out/
	$(BIN)/bijstand compare regular exemption intensive disregard --db sqlite:///out/bijstand.sqlite --out out

warm: env-dev  ## compile the month for this processor (three seconds, once)
	@$(BIN)/bijstand bench --warm

test: env-dev warm  ## the tests (under ten minutes on two cores)
	$(BIN)/python -m pytest -n 2 -m "not slow and not verify"

test-quick: env-dev warm  ## the daily loop: what changed most often, in under a minute
	$(BIN)/python -m pytest -n 2 -m "not slow and not verify and not long" --ignore=tests/app --ignore=tests/docs --ignore=tests/verification

verify: env-dev warm  ## the slow verification: kills at full length, fuzzing, bundle without a network
	$(BIN)/python -m pytest -n 2 -m "slow or verify"

test-all: test verify  ## the tests and the slow verification

release: env-dev  ## wheel, sdist, bundle, SBOM and their checksums, in dist/
	rm -rf dist && $(UV) build --quiet --no-build-isolation --python $(BIN)/python --out-dir dist .
	$(BIN)/python -m app.release bundle dist/bundle
	cp dist/bundle/sbom.json dist/ && (cd dist && sha256sum *.whl *.tar.gz sbom.json > SHA256SUMS)

bundle: env-dev  ## an installation for computers without internet, in dist/bundle
	$(BIN)/python -m app.release bundle dist/bundle

check: env-dev  ## style, types, import direction
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: env-dev  ## put the code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

coverage: env-dev  ## the tests, with branch coverage
	$(BIN)/python -m pytest -n 2 -m "not slow and not verify" --cov --cov-report=term-missing:skip-covered

bench: env-dev  ## the benchmarks of this machine
	$(BIN)/bijstand bench --out docs/validation

lock: env-dev  ## renew both locks from pyproject.toml, for every Python that is supported
	$(LOCK) -o requirements.lock pyproject.toml requirements.in
	$(LOCK) --extra dev --extra cluster --extra pdf -c requirements.lock -o requirements-dev.lock pyproject.toml requirements.in

clean:  ## remove the environment and everything made
	rm -rf $(VENV) .uv out .mypy_cache .ruff_cache .pytest_cache .hypothesis
