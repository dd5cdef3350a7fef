# The two commands: `make run` (try it) and `make test` (check it). `make help` lists the rest.
SHELL := /bin/sh
PYTHON_ENV := .venv/bin/python
TESTS := tests
PYTEST_WORKERS ?= auto
.DEFAULT_GOAL := help
.PHONY: help run dev reset test soak check format bench-verify bench-ledger bench-signatures assets requirements translations

help:  ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

run:  ## Install, build, migrate, make the demo town, serve at http://127.0.0.1:8000 (PORT, DATA_DIR, DATABASE_URL)
	@sh deploy/bootstrap
	@$(PYTHON_ENV) -m deploy.serve --with-parent

dev:  ## The same, starting again whenever a source changes
	@sh deploy/bootstrap --dev
	@FLASK_DEBUG=1 WEB_WORKERS=1 $(PYTHON_ENV) -m deploy.serve --with-parent --reload

reset:  ## Delete the demo's data and database, so that the next start is a first one
	@sh deploy/bootstrap
	@$(PYTHON_ENV) -m deploy.reset

assets:  ## Build the browser assets and compile the translations
	@sh deploy/bootstrap
	@$(PYTHON_ENV) -m deploy.assets

test:  ## The whole test suite on SQLite, with the browser stories (SKIP_BROWSER=1 leaves those out)
	@sh deploy/bootstrap --dev
	@$(PYTHON_ENV) -m tests.e2e.chromium --install
	@$(PYTHON_ENV) -m deploy.assets
	@$(PYTHON_ENV) -m deploy.node --test tests/js/*.test.mjs
	@env -u DATABASE_URL $(PYTHON_ENV) -m pytest -n $(PYTEST_WORKERS) --dist loadfile $(PYTEST_ARGS) $(TESTS)

soak:  ## Sign for SOAK_SECONDS (60) while workers are killed, PostgreSQL restarts and the disk is full (as root)
	@sh deploy/bootstrap --dev
	@SOAK_SECONDS=$${SOAK_SECONDS:-60} $(PYTHON_ENV) -m pytest $(PYTEST_ARGS) tests/e2e/test_killed_signing.py

check:  ## Style, types, imports, templates
	@sh deploy/bootstrap --dev
	$(PYTHON_ENV) -m ruff check
	$(PYTHON_ENV) -m ruff format --check
	$(PYTHON_ENV) -m mypy
	.venv/bin/lint-imports
	$(PYTHON_ENV) -m djlint app --lint --quiet

format:  ## Put the sources into the form that `make check` asks for
	@sh deploy/bootstrap --dev
	$(PYTHON_ENV) -m ruff check --fix
	$(PYTHON_ENV) -m ruff format

bench-verify:  ## Measure our verifier against belenios-tool 3 (BELENIOS_TOOL or SHARED says where it is)
	@sh deploy/bootstrap --dev
	@$(PYTHON_ENV) bench/verify.py

bench-ledger:  ## Measure the ledger: entries a second with grouping on and off, time to receipt, to verify
	@sh deploy/bootstrap --dev
	@$(PYTHON_ENV) bench/ledger.py $(BENCH_ARGS)

bench-signatures:  ## Measure signatures a second on one petition over HTTP, against a plain handler, with readers beside
	@sh deploy/bootstrap --dev
	@$(PYTHON_ENV) -m deploy.assets
	@$(PYTHON_ENV) -m bench.signatures $(BENCH_ARGS)

translations:  ## Collect the texts of the interface and bring the Korean catalogue up to date
	@sh deploy/bootstrap
	.venv/bin/pybabel -q extract -F app/translations/babel.cfg -k _l -k lazy_gettext -k lazy_ngettext:1,2 \
		--no-location --omit-header --sort-output --input-dirs app -o app/translations/messages.pot
	.venv/bin/pybabel -q update --no-fuzzy-matching --ignore-pot-creation-date --ignore-obsolete -i app/translations/messages.pot -d app/translations
	rm app/translations/messages.pot

# uv compiles all three in a second; it is a tool of maintainers only: pip install uv
COMPILE = uv pip compile --no-strip-extras --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-header --quiet
requirements:  ## Lock the Python packages again after a change of a requirements*.in (needs uv)
	$(COMPILE) $(UPGRADE) -o requirements.txt requirements.in
	$(COMPILE) $(UPGRADE) -o requirements-dev.txt requirements-dev.in
	cd deploy && $(COMPILE) $(UPGRADE) -o requirements-node.txt requirements-node.in
