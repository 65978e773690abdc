# Each target makes and reuses .venv by itself: on a fresh machine `make demo` and `make test` are all it takes.
PYTHON ?= python3
VENV := .venv
COMPILED := $(wildcard gateway/signature/*.c gateway/signature/*/*.c)
BIN := $(VENV)/bin

.PHONY: demo serve test check bench clean

demo: $(VENV)/installed
	$(BIN)/mock-smev demo

serve: $(VENV)/installed
	$(BIN)/mock-smev serve

# The tests start many processes: compiled once, the program need not be compiled by each of them. Long tests come
# last, and whoever has nothing to do takes some of another's.
test: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/installed-test
	$(BIN)/pytest -q -n auto --maxprocesses 4 --dist worksteal

check: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/mock-smev check-schemas

bench: $(VENV)/installed-test
	$(BIN)/python -m bench

clean:
	rm -rf $(VENV)

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/pip pyproject.toml setup.py $(COMPILED)
	$(BIN)/pip install -q -e .
	touch $@

$(VENV)/installed-test: $(VENV)/bin/pip pyproject.toml setup.py $(COMPILED)
	$(BIN)/pip install -q -e '.[test,postgres]'
	touch $@ $(VENV)/installed
