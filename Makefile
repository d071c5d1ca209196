# make demo: set up, crawl the sample newsroom into data/, say what to try. make test: everything, no network.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test lint bench test-sites score pictures

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

bench: $(READY)
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.search $(if $(filter full,$(BENCH)),--articles 1000000 --queries 30,--articles 200000 --queries 30)
	$(BIN)/python -m tests.bench.readers --seconds 60
	$(BIN)/python -m tests.bench.stories --articles $(if $(filter full,$(BENCH)),1000000,200000)
	$(BIN)/python -m tests.bench.export

test-sites: $(READY)
	$(BIN)/python tests/sites/build.py
	$(BIN)/python tests/sites/themes.py

score: $(READY)
	$(BIN)/python tests/score.py

pictures: $(READY)
	$(BIN)/python docs/pictures/make.py
	$(BIN)/python docs/pictures/serve.py
	$(BIN)/python docs/pictures/report.py
