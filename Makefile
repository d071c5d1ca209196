# make demo: set up, crawl the sample newsroom into data/, say what to try. make test: everything, no network.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test lint bench bench-crawl bench-search bench-readers bench-stories bench-views bench-export bench-pages test-sites score pictures

$(READY): pyproject.toml requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[analyst,dev]'
	touch $(READY)

demo: $(READY)
	$(BIN)/python -m tests.newsroom.demo

test: $(READY)
	$(BIN)/python -m pytest -n auto

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# BENCH=full: 1,000,000 articles in the place of 200,000. Each part can be run alone: make bench-views.
ROWS := $(if $(filter full,$(BENCH)),1000000,200000)

bench: bench-crawl bench-search bench-readers bench-stories bench-views bench-export bench-pages

bench-crawl: $(READY)
	$(BIN)/python -m tests.bench

bench-search: $(READY)
	$(BIN)/python -m tests.bench.search --articles $(ROWS) --distinct $(if $(filter full,$(BENCH)),50000,$(ROWS)) --queries 30

bench-readers: $(READY)
	$(BIN)/python -m tests.bench.readers --seconds 60

bench-stories: $(READY)
	$(BIN)/python -m tests.bench.stories --articles $(ROWS)

bench-views: $(READY)
	$(BIN)/python -m tests.bench.views --rows $(ROWS)

bench-export: $(READY)
	$(BIN)/python -m tests.bench.export --rows 20000 $(ROWS)

bench-pages: $(READY)
	$(BIN)/python -m tests.bench.pages --rows 200000

test-sites: $(READY)
	$(BIN)/python tests/sites/build.py
	$(BIN)/python tests/sites/themes.py

score: $(READY)
	$(BIN)/python tests/score.py

pictures: $(READY)
	$(BIN)/python docs/pictures/make.py
	$(BIN)/python docs/pictures/serve.py
	$(BIN)/python docs/pictures/report.py
