# The developer's loop. `just` comes with the test requirements: .venv/bin/just (or activate .venv first).

python := justfile_directory() / ".venv/bin/python"

# List the commands.
default:
    @just --list

# Start the site with fictional people: reloads on change, shows errors in full, writes mail into var/dev/mail.
dev port="8000":
    #!/usr/bin/env bash
    set -euo pipefail
    export PEER_MODE=dev SITE_URL="http://localhost:{{ port }}"
    {{ python }} manage.py demo --no-serve
    {{ python }} -m celery -q -A peersupport worker -B --pool solo --loglevel WARNING &
    worker=$!
    trap 'kill "$worker"' EXIT
    echo "http://localhost:{{ port }}: coordinator@demo.example, supporter@demo.example, person@demo.example …, 'a demo for everyone'"
    {{ python }} manage.py runserver "{{ port }}"

# The fast part of the tests: without the browser, attacks, drills, and what starts processes of its own.
test *args:
    {{ python }} -m pytest -q -n 2 --dist loadfile -m "not slow" {{ args }}

# Format, lint, types, imports, migrations.
check:
    {{ python }} -m ruff format --check .
    {{ python }} -m ruff check .
    {{ justfile_directory() }}/.venv/bin/lint-imports
    {{ python }} -m pytest -q tests/peersupport/test_conventions.py tests/peersupport/test_languages.py tests/peersupport/test_documents.py

# Change what can be changed by a tool: layout and order of imports.
fix:
    {{ python }} -m ruff check --fix .
    {{ python }} -m ruff format .

# Everything that CI runs (installs what is missing; half an hour).
all:
    .ci/run
