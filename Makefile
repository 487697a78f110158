# Two commands do it all on a fresh machine: `make demo` and `make test`.
.PHONY: help setup demo test testall lint format types imports docs lock clean
help: ; @sed -n 's/^\([a-z]*\): .*## /\1  /p' Makefile ## List these targets
setup: ; @scripts/setup --dev ## Make .venv with everything, tools to work on Homesmith too
demo: ; @scripts/demo ## Install, fetch the model, build an app, say how to open it
test: ; @scripts/test ## Format, lint, types, imports and tests
testall: ; @scripts/test -m "slow or not slow" ## The same with the slow ones: bombs, kills, servers, browsers
lint: setup ; @.venv/bin/ruff check . ## Lint
format: setup ; @.venv/bin/ruff format . ## Format
types: setup ; @.venv/bin/mypy ## Types
imports: setup ; @.venv/bin/lint-imports ## Import rules between the rooms
docs: setup ; @.venv/bin/python scripts/reference.py && .venv/bin/python scripts/schemas.py ## Write docs/reference and the schemas from the code
lock: ; @scripts/lock ## Write the lock files (needs uv)
clean: ; @rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist ## Remove what was made, but no apps
