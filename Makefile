# Everything runs in .venv, with the versions and hashes of requirements.lock.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: lab test bench notebooks format lock clean

lab: $(READY)  ## open JupyterLab on the first notebook
	$(BIN)/jupyter lab --ip=127.0.0.1 --allow-root --ServerApp.root_dir=notebooks \
		--LabApp.default_url=/lab/tree/00_start_here.ipynb

test: $(READY)  ## run all tests
	$(BIN)/python -m pytest

bench: $(READY)  ## time bpcore beside other libraries, as far as they are installed
	$(BIN)/python benchmarks/peers.py

notebooks: $(READY)  ## run every notebook and store its output
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace --log-level WARN \
		--ExecutePreprocessor.store_widget_state=False \
		--ExecutePreprocessor.record_timing=False notebooks/*.ipynb

format: $(READY)  ## lint and format code and notebooks
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: $(READY)  ## take the newest versions into the lock files
	$(BIN)/uv pip compile --upgrade --universal --generate-hashes --no-header --quiet \
		--extra notebooks --extra test --group build --output-file requirements.lock pyproject.toml
	echo uv | $(BIN)/uv pip compile --upgrade --universal --generate-hashes --no-header --quiet \
		--python-version 3.11 --output-file requirements-uv.lock -

clean:  ## remove the environment
	rm -rf .venv

$(READY): pyproject.toml requirements.lock requirements-uv.lock jupyterlab-overrides.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "this Python is too old; try: make PYTHON=python3.12 " + "$(MAKECMDGOALS)")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline --editable .
	mkdir -p .venv/share/jupyter/lab/settings
	cp jupyterlab-overrides.json .venv/share/jupyter/lab/settings/overrides.json
	touch $(READY)
