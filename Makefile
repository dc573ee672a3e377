# make run        the demo, on http://127.0.0.1:8000 (HOST= and PORT= to change that)
# make test       what a developer waits for: every store and browser found here, the rest named as skipped
# make test-all   everything, and nothing may be skipped for want of PostgreSQL or Chromium
# make check      format, lint, types, layers
# make wheel      the wheel in dist/, installed and tried away from the checkout
# make bench      measurements, on throwaway databases
#
# PostgreSQL for the tests: INSTANS_TEST_POSTGRES, default postgresql://postgres@127.0.0.1:5432/postgres

PYTHON = python3
VENV = .venv
HOST = 127.0.0.1
PORT = 8000
WORKERS = 2
LANGUAGES = da nb sv

# Test databases live in memory where the system has such a folder.
export PYTEST_DEBUG_TEMPROOT = $(wildcard /dev/shm)

# Test processes and those that they start compile each module once.
unexport PYTHONDONTWRITEBYTECODE

BIN = $(VENV)/bin
LOCK = config/requirements.lock
PIP = $(BIN)/pip --disable-pip-version-check install --quiet --constraint $(LOCK)
PACKAGE = setup.cfg pyproject.toml $(LOCK)
CATALOGUES = $(patsubst %.po,%.mo,$(wildcard web/translations/*/LC_MESSAGES/*.po))

.DEFAULT_GOAL = run
.PHONY: run test test-all check wheel bench venv translations catalogues release-database lock clean

run: $(VENV)/.installed translations
	$(BIN)/instans demo --host $(HOST) --port $(PORT)

test: venv translations
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not slow and not benchmark"

test-all: check translations
	INSTANS_REQUIRE=postgres,browser $(BIN)/pytest -n $(WORKERS) --dist worksteal --cov --durations=15
	$(BIN)/instans policy check

check: venv
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

wheel: $(VENV)/.installed
	rm -rf build/lib build/bdist.*
	$(BIN)/python -m tests.releases.wheel dist

bench: $(VENV)/.installed
	$(BIN)/instans bench

venv: $(VENV)/.installed-dev

# The package with the versions of the lock file; what builds it is locked too, hence no build isolation.
$(VENV)/.installed: $(PACKAGE)
	@$(PYTHON) -c 'import sys; sys.exit("Instans needs Python 3.11 or later" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(PIP) setuptools Babel
	$(PIP) --no-build-isolation --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) --no-build-isolation --editable '.[dev]'
	touch $@

translations: $(CATALOGUES)

%.mo: %.po | $(VENV)/.installed
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

# The texts of the code and the templates, carried into every language's .po file.
catalogues: $(VENV)/.installed
	$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --keyword lazy_gettext --keyword NP_:1c,2 --project Instans --no-location \
	  --sort-output --width 120 \
	  --output-file web/translations/messages.pot web workflow config
	for language in $(LANGUAGES); do \
	  $(BIN)/pybabel --quiet update --input-file web/translations/messages.pot --output-dir web/translations \
	    --locale $$language --init-missing --no-fuzzy-matching --width 120 --ignore-pot-creation-date || exit 1; \
	done

# The database that the version in setup.cfg leaves to its successors; docs/releases.md says when.
release-database: venv
	$(BIN)/python -m tests.releases.making

# The newest versions within the ranges of setup.cfg.
lock:
	rm -rf build/lock
	$(PYTHON) -m venv build/lock
	build/lock/bin/pip --disable-pip-version-check install --quiet --upgrade setuptools Babel
	build/lock/bin/pip --disable-pip-version-check install --quiet --no-build-isolation --editable '.[dev]'
	{ echo '# Every version that runs, tests or builds Instans. Made by "make lock" on Python 3.11.'; \
	  build/lock/bin/pip --disable-pip-version-check freeze --all --exclude-editable --exclude pip; } > $(LOCK)
	rm -rf build/lock

# Leaves the virtual environment, and the databases in var/.
clean:
	rm -rf build dist *.egg-info .coverage .coverage.* htmlcov .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find config models workflow web tests -name __pycache__ -prune -exec rm -rf {} +
	find web -name '*.mo' -delete
