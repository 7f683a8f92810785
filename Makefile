# Development tasks; `make check` is what CI runs.
# ARGS goes to the program that runs, e.g. make test ARGS='-k push -x'.

VENV ?= .venv
PYTHON ?= python3
BIN = $(VENV)/bin
export VENV

# Parts of gitbatch that submit has, too; it doesn't use all that is in them.
SHARED = 14-processes 27-answers 27-grammar 27-options 27-submits

SYSTEMS = mksh yash zsh bash-3.2 posix bsd

.PHONY: check lint test bench fuzz package newest systems run lock

check: lint test

lint:
	sh tests/venv
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	cat hooks/gitbatch.d/*.sh | shellcheck -s sh -
	cat hooks/submit.d/1* $(SHARED:%=hooks/gitbatch.d/%.sh) hooks/submit.d/[2-9]* | shellcheck -s sh -e SC2030,SC2031,SC2034,SC2154,SC2317 -
	shellcheck -x -s sh hooks/schedulers/*.sh hooks/install hooks/post-receive tests/run tests/venv tests/package tests/systems/build_gits tests/support/servers/*.sh examples/*/*.sh

test:
	sh tests/run $(ARGS)

# On the disk, where clones are, too.
bench:
	PYTEST_DEBUG_TEMPROOT=$${TMPDIR:-/tmp} sh tests/run -n 0 tests/bench $(ARGS)

fuzz:
	GITBATCH_FUZZ=all sh tests/run -m fuzz --timeout=0 $(ARGS)

package:
	sh tests/package

# Old and new versions of git are built first, once; then all tests of hooks/ in each system, but for
# those that make every call of a program fail, which an imitated tool has many more of.
systems:
	sh tests/systems/build_gits
	sh tests/run tests/systems $(ARGS)
	set -e; for system in $(SYSTEMS); do GITBATCH_TEST_SYSTEM=$$system sh tests/run tests/hooks --ignore=tests/hooks/test_faults.py --timeout=240 $(ARGS); done

# With the newest of all that it needs, whose warnings are errors, too: make newest PYTHON=python3.14
newest:
	$(PYTHON) -m venv --clear .newest
	.newest/bin/python -m pip install --quiet --upgrade pip
	.newest/bin/python -m pip install --quiet --upgrade --group dev -e .
	.newest/bin/python -m pytest -n auto $(ARGS)

run:
	sh tests/venv
	$(BIN)/gitbatch-tui $(ARGS)

# Needs uv. The hashes pin what is installed, wherever it is downloaded from.
COMPILE = uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --no-annotate

lock:
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) pyproject.toml --group dev -o requirements-dev.txt
	$(COMPILE) tests/validator/requirements.in -o tests/validator/requirements.txt
