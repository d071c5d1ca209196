# make help lists the targets.
PYTHON ?= python3
BIN := .venv/bin
RUN := .venv/.ready
DEV := .venv/.ready-dev
# Twice quiet: warnings are of other projects' metadata.
INSTALL = $(BIN)/python -m pip install -qq --disable-pip-version-check

# Tests and benchmarks start many processes, none of which should compile the project anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow soak mutants audit scan-patterns lint lock wheel bench bench-crawl bench-instructions bench-search bench-readers bench-stories bench-views bench-captures bench-export bench-pages bench-peers bench-cluster test-sites score score-sites images

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

# Everything is pinned with its hashes; the project itself goes in last, as pip takes no editable install with hashes.
$(RUN): pyproject.toml requirements.lock
	@echo "Installing into .venv; this takes a minute or two ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@PYTHONWARNINGS=ignore $(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.lock | $(RUN)
	@echo "Installing the tools of the tests into .venv ..."
	@$(INSTALL) --require-hashes --requirement requirements-dev.lock
	@touch $@

demo: $(RUN) ## set up, crawl a bundled sample newsroom into data/demo/, show what was archived
	@$(BIN)/python -m tests.newsroom.demo

test: $(DEV) ## the tests (minutes; no network but loopback)
	$(BIN)/python -m pytest -n auto -m "not slow"

NPM := tests/npm/node_modules/.package-lock.json
$(NPM): tests/npm/package-lock.json
	cd tests/npm && npm ci --silent --ignore-scripts --no-audit --no-fund

.PHONY: test-npm
test-npm: $(NPM) ## install what the slow tests need of npm: axe-core, Eleventy, jsonfeed-schema

test-slow: $(DEV) $(NPM) ## the tests that take longer: kills, browsers, clusters, installations, site builds
	$(BIN)/python -m pytest -n auto --dist loadgroup -m slow
	$(MAKE) test-sites

soak: $(DEV) ## an hour of polls, malformed answers, kills and changed inputs (SHARE=0.1: a tenth)
	$(BIN)/python -m tests.soak --share $(or $(SHARE),1)

mutants: $(DEV) ## change one thing at a time in the guard, the writer, dates and boilerplate, and see whether their tests notice
	$(BIN)/python -m tests.mutants

audit: $(DEV) ## known vulnerabilities of the pinned packages (asks the network)
	test -x .venv-audit/bin/pip-audit || { $(PYTHON) -m venv .venv-audit && .venv-audit/bin/pip install --quiet pip-audit; }
	.venv-audit/bin/pip-audit --require-hashes --disable-pip --requirement requirements.lock
	.venv-audit/bin/pip-audit --require-hashes --disable-pip --requirement requirements-dev.lock

scan-patterns: $(DEV) ## regular expressions whose time grows faster than their input, measured (RECHECK=1: with recheck's texts, too, from npm)
	$(BIN)/python -m tests.patterns $(if $(RECHECK),--recheck)

lint: $(DEV) ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Both lock files hold the hashes of every file that the package index has of a version, for all platforms.
LOCK = .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --output-file

lock: ## pin the dependencies of pyproject.toml anew (UPGRADE=1: to the newest versions)
	test -x .venv-lock/bin/uv || { $(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install --quiet uv; }
	echo 'setuptools>=77' | $(LOCK) requirements.lock $(if $(UPGRADE),--upgrade) --extra analyst --extra alerts pyproject.toml -
	echo 'setuptools>=77' | $(LOCK) requirements-dev.lock $(if $(UPGRADE),--upgrade) --all-extras --constraint requirements.lock pyproject.toml -

wheel: $(RUN) ## build dist/*.whl
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .

# BENCH=full: 1,000,000 articles instead of 200,000.
ROWS := $(if $(filter full,$(BENCH)),1000000,200000)

bench: bench-crawl bench-instructions bench-search bench-readers bench-stories bench-views bench-captures bench-export bench-pages ## all benchmarks; each can be run alone

bench-crawl: $(DEV) ## CPU of a crawl, beside plain Scrapy's
	$(BIN)/python -m tests.bench

bench-instructions: $(DEV) ## CPU instructions of a crawl, which a busy machine does not change; needs valgrind
	$(BIN)/python -m tests.bench.instructions

bench-search: $(DEV) ## full-text search
	$(BIN)/python -m tests.bench.search --articles $(ROWS) --distinct $(if $(filter full,$(BENCH)),50000,$(ROWS)) --queries 30

bench-readers: $(DEV) ## readers beside a writer
	$(BIN)/python -m tests.bench.readers --seconds 60

bench-stories: $(DEV) ## finding copies of one story
	$(BIN)/python -m tests.bench.stories --articles $(ROWS)

bench-views: $(DEV) ## the views
	$(BIN)/python -m tests.bench.views --rows $(ROWS)

bench-captures: $(DEV) ## captures
	$(BIN)/python -m tests.bench.captures

bench-export: $(DEV) ## exports
	$(BIN)/python -m tests.bench.export --rows 20000 $(ROWS)

bench-cluster: $(DEV) ## a crawl of several workers through Redis, and the merge (needs redis-server)
	$(BIN)/python -m tests.bench.cluster

bench-peers: $(DEV) ## archive pages with ours and with what peers offer (installs them into .venv-peers; CORPUS=DIR: their pages)
	$(BIN)/python -m tests.bench.page_peers

bench-pages: $(DEV) ## pages of scrapy serve
	$(BIN)/python -m tests.bench.pages --rows 200000

test-sites: $(DEV) $(NPM) ## build sites from posts and exports with Jekyll, Hugo, Eleventy and Pelican
	$(BIN)/python tests/sites/build.py
	$(BIN)/python tests/sites/themes.py

score: $(DEV) ## compare extraction with trafilatura on annotated pages (CORPUS=DIR: those, or a copy of a peer's corpus)
	$(BIN)/python -m tests.score

score-sites: $(DEV) ## the same, with the figures of each site
	$(BIN)/python -m tests.score --sites

images: $(DEV) ## make the images of the docs
	$(BIN)/python docs/images/make.py
	$(BIN)/python docs/images/serve.py
	$(BIN)/python docs/images/report.py
