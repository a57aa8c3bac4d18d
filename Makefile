# Everything runs in .venv, with the versions and hashes of requirements.lock.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: lab site test test-lowest test-newest bench cluster latency notebooks pictures format lock clean

lab: $(READY)  ## open JupyterLab on the first notebook
	$(BIN)/jupyter lab --ip=127.0.0.1 --allow-root --ServerApp.root_dir=notebooks \
		--LabApp.default_url=/lab/tree/00_start_here.ipynb

site: $(READY)  ## build the book with Python in its pages into _site; SITE_ADDRESS=https://…/ for a site map
	$(BIN)/python site/build.py _site $(SITE_ADDRESS)
	@echo "now: $(BIN)/python -m http.server --directory _site, and open http://localhost:8000"

# tests/conftest.py keeps together what shares something that takes long to start.
IN_PARALLEL := --numprocesses=auto --maxprocesses=4 --no-loadscope-reorder

# As many processes as cores, each with threads of its own for its matrices, would be in each
# other's way.
test test-lowest test-newest notebooks: export OMP_NUM_THREADS := 1

test: $(READY)  ## run all tests
	$(BIN)/python -m pytest $(IN_PARALLEL)

# Unit tests and notebooks; the linter's opinion changes with its version.
CORE := -m pytest $(IN_PARALLEL) --ignore=tests/test_browser.py --ignore=tests/test_site.py --ignore=tests/test_notebook_runs.py \
	--deselect=tests/test_project.py::test_code_and_notebooks_pass_the_linter
PYTHONS := 3.15 3.14 3.13 3.12 3.11

# Last digits differ between processors; no stored output may hang on them. So one run of all
# computes as a processor of 2008 would (on others than x86 this is ignored).
test-lowest: export OPENBLAS_CORETYPE := Nehalem
test-lowest: export NPY_DISABLE_CPU_FEATURES := AVX2 FMA3 AVX512F AVX512CD AVX512_SKX

test-lowest: $(READY)  ## core tests on the oldest versions that pyproject.toml allows
	$(call venv-with,.venv-lowest,3.11,lowest-direct)
	.venv-lowest/bin/python $(CORE)

test-newest: $(READY)  ## core tests on the newest Python here, and the newest packages
	$(call venv-with,.venv-newest,$$(for v in $(PYTHONS); do \
		$(BIN)/uv python find --no-python-downloads $$v 2> /dev/null && break; done),highest)
	.venv-newest/bin/python $(CORE)

define venv-with
	$(BIN)/uv venv --quiet --clear --no-python-downloads --python "$(2)" $(1)
	$(BIN)/uv pip compile --quiet --no-header --resolution $(3) --python $(1)/bin/python \
		--extra notebooks --group test --group build --output-file $(1)/requirements.txt pyproject.toml
	$(BIN)/uv pip sync --quiet --python $(1)/bin/python $(1)/requirements.txt
	$(BIN)/uv pip install --quiet --python $(1)/bin/python --no-deps --no-build-isolation --editable .
endef

bench: $(READY)  ## time bpcore beside other libraries, as far as they are installed
	$(BIN)/python benchmarks/peers.py
	$(BIN)/python benchmarks/training.py

WORKERS ?= 2
ON_LOOPBACK := --host 127.0.0.1 --dashboard-address 127.0.0.1:0

cluster: $(READY)  ## a dask scheduler at tcp://127.0.0.1:8786 with workers, for benchmarks; Ctrl-C ends it
	@$(BIN)/dask scheduler $(ON_LOOPBACK) --port 8786 & trap "kill $$!" EXIT; \
		$(BIN)/dask worker $(ON_LOOPBACK) tcp://127.0.0.1:8786 --nworkers $(WORKERS) --nthreads 1

latency: $(READY)  ## time from a move of the mouse to the painted picture; needs Chromium
	$(BIN)/python benchmarks/latency.py

NOTEBOOKS ?= notebooks/*.ipynb

notebooks: $(READY)  ## run every notebook and store its output; one alone: NOTEBOOKS=notebooks/…
	PYTHONPATH=tools $(BIN)/jupyter nbconvert --to notebook --execute --inplace --log-level WARN \
		--ExecutePreprocessor.store_widget_state=False \
		--ExecutePreprocessor.record_timing=False \
		--NotebookExporter.preprocessors=stored_output.StoredOutput $(NOTEBOOKS)

pictures: $(READY)  ## copy the README's pictures from the notebooks
	$(BIN)/python tools/pictures.py

format: $(READY)  ## lint and format code and notebooks
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: $(READY)  ## take the newest versions into the lock files
	$(BIN)/uv pip compile --upgrade --universal --generate-hashes --no-header --quiet \
		--extra notebooks --group test --group build --group site --output-file requirements.lock pyproject.toml
	echo uv | $(BIN)/uv pip compile --upgrade --universal --generate-hashes --no-header --quiet \
		--python-version 3.11 --output-file requirements-uv.lock -

clean:  ## remove the environment and the book
	rm -rf .venv .venv-lowest .venv-newest _site

$(READY): pyproject.toml requirements.lock requirements-uv.lock jupyterlab-overrides.json jupyter_server_config.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "this Python is too old; try: make PYTHON=python3.12 " + "$(MAKECMDGOALS)")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline --editable .
	mkdir -p .venv/share/jupyter/lab/settings
	cp jupyterlab-overrides.json .venv/share/jupyter/lab/settings/overrides.json
	mkdir -p .venv/etc/jupyter
	cp jupyter_server_config.py .venv/etc/jupyter/
	touch $(READY)
