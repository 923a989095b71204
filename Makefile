# Two commands are all that a user needs: `make demo` and `make test`. Both set up what they need in $(VENV).

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
DEMO   ?=
SLICE  ?= full
PROVE  ?=
BENCH  ?=

.PHONY: demo test prove bench check fix docs site pictures clean

demo: $(VENV)/.installed
	@$(BIN)/tillproof demo $(DEMO)

test: $(VENV)/.installed-test check
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
	$(BIN)/coverage report --include='engine/*,journal/*,recovery/*' --fail-under=100 --format=total
	$(BIN)/python -m tests.prove --slice quick $(if $(CI),--leave-nothing-out)

prove: $(VENV)/.installed-test
	@$(BIN)/python -m tests.prove --slice $(SLICE) $(if $(CI),--leave-nothing-out) $(PROVE)

bench: $(VENV)/.installed-bench
	@$(BIN)/python -m tools.bench $(BENCH)

check: $(VENV)/.installed-test
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_house.py

fix: $(VENV)/.installed-test
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

docs: $(VENV)/.installed-test
	$(BIN)/python -m tools.reference
	$(BIN)/python -m tools.observe
	$(BIN)/python -m tests.sentences

pictures: $(VENV)/.installed
	$(BIN)/python -m tools.pictures

site: $(VENV)/.installed-docs
	$(BIN)/mkdocs build --strict --quiet

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Tillproof needs Python 3.11 or newer, and $(PYTHON) is not; name another one: make $(MAKECMDGOALS) PYTHON=python3.13"; \
	  exit 2; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test,prove]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-bench: $(VENV)/.python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-docs: $(VENV)/.python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build/site .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
