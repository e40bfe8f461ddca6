# Every command of the project. `make` alone lists them.

# A Python that is new enough, wherever it goes by that name; make PYTHON=... names another.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$name; break; fi; done)
VENV_PYTHON := .venv/bin/python

# What a production server would be told; the checks read the settings as such a server does.
PRODUCTION := DEBUG=false SECURE=true SECRET_KEY=only-for-checks-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789 \
	ALLOWED_HOSTS=crowdfunding.example.org SITE_URL=https://crowdfunding.example.org \
	DATABASE_URL=postgresql://civicfund_app@127.0.0.1/civicfund REDIS_URL=redis://127.0.0.1:6379/0 \
	STRIPE_SECRET_KEY=sk_live_only_for_checks STRIPE_WEBHOOK_SECRETS=whsec_only_for_checks \
	SEALING_KEYS=b25seS1mb3ItY2hlY2tzLW9ubHktZm9yLWNoZWNrcyE= TRUST_PROXY=true TRUSTED_PROXIES=127.0.0.1 \
	EMAIL_URL=smtp://127.0.0.1:25 CONTACT_EMAIL=desk@city.example DEFAULT_FROM_EMAIL=desk@city.example

.DEFAULT_GOAL := help
.PHONY: help prepare demo demo-reset screenshots handbook scan test journeys-production mutants storm chaos image rehearse bench audit-pages lint lint-types lint-rest format messages clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

prepare: ## Install packages, build the front end, compile translations (only what has changed)
	@if [ -z "$(PYTHON)" ]; then echo "CivicFund needs Python 3.11 or later, and none was found." \
		"Install it, or name it: make PYTHON=/path/to/python3.12 demo" >&2; exit 1; fi
	@$(PYTHON) -m demo.prepare

demo: prepare ## Run the whole platform with invented content (PORT=8000 TWIN_PORT=8100 IDENTITY_PORT=8200)
	@exec $(VENV_PYTHON) -m demo

demo-reset: ## Forget the demo's data
	@$(PYTHON) -m demo.reset

screenshots: prepare ## Photograph every page of the demo at 390, 768 and 1280 pixels (PAGES="home donate" SCHEME=dark)
	@$(VENV_PYTHON) -m demo.chromium
	@$(VENV_PYTHON) -m demo.screenshots $(PAGES)

handbook: prepare ## Photograph the officers' desk of the demo for docs/handbook.md
	@$(VENV_PYTHON) -m demo.chromium
	@$(VENV_PYTHON) -m demo.handbook $(PAGES)

scan: prepare ## Let wapiti and sqlmap try the running demo (PORT=8000 SCAN_SECONDS=75 ROLES="anonymous officer")
	@$(VENV_PYTHON) -m checks.probe $(ROLES)

test: prepare ## Run every test, those in a real browser included (PYTEST_ARGS="-k gate")
	@$(VENV_PYTHON) -m checks.run_tests $(PYTEST_ARGS)

journeys-production: prepare ## Play the journeys in the browser against production settings, behind nginx with HTTPS (needs nginx)
	@$(VENV_PYTHON) -m checks.journeys_production $(PYTEST_ARGS)

mutants: prepare ## Break the money in a copy, one mistake after the other, and see that a test notices each
	$(VENV_PYTHON) -m checks.mutants $(MUTANT)

storm: prepare ## Let 5,000 gifts, lost messages and killed processes loose on the platform (SEED=7 replays one)
	$(VENV_PYTHON) -m tests.storm $(if $(SEED),--seed $(SEED)) $(STORM_ARGS)

rehearse: prepare ## Play a whole edition of Milan's in minutes (EDITION=2015, 2020, 2022, 2024; SIZE=small)
	$(VENV_PYTHON) -m tests.storm.rehearse $(if $(EDITION),--edition $(EDITION)) $(if $(SIZE),--size $(SIZE)) \
		$(if $(SEED),--seed $(SEED))

chaos: prepare ## Pull the cables of eight hosts at random for five minutes while people give (as root; SEED=7 replays)
	$(VENV_PYTHON) -m tests.chaos $(if $(SEED),--seed $(SEED)) $(CHAOS_ARGS)

image: ## Replay the Dockerfile's steps in a clean folder, without Docker
	$(VENV_PYTHON) -m checks.image

bench: prepare ## Measure applications, the desk and the site's speed; write docs/benchmarks.md and docs/speed.md
	@$(VENV_PYTHON) -m demo.engines -m benchmarks.application
	@$(VENV_PYTHON) -m demo.engines -m benchmarks.desk
	@$(VENV_PYTHON) -m benchmarks.speed

audit-pages: prepare ## Hold every public page against its bounds, and write docs/pages.md (PARTS="speed weight access html queries")
	@$(VENV_PYTHON) -m demo.chromium
	@$(VENV_PYTHON) -m benchmarks.pages $(PARTS)

lint: prepare ## Check style, types, holes, templates, translations, migrations and production settings
	@# The types take as long as all the rest, so both go side by side.
	@$(MAKE) --no-print-directory --jobs 2 lint-types lint-rest

lint-types:
	$(PRODUCTION) $(VENV_PYTHON) -m mypy

lint-rest:
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m djhtml --check templates
	$(VENV_PYTHON) -m checks.holes
	$(PRODUCTION) $(VENV_PYTHON) -m checks.translations
	$(PRODUCTION) $(VENV_PYTHON) -m checks.templates
	$(VENV_PYTHON) -m demo.engines manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(VENV_PYTHON) -m checks.migrations
	$(PRODUCTION) $(VENV_PYTHON) manage.py check --deploy --fail-level WARNING

format: prepare ## Bring code and templates into the house style
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .
	$(VENV_PYTHON) -m djhtml templates

messages: prepare ## Collect the sentences to translate into locale/
	$(VENV_PYTHON) -m checks.collect_messages

clean: ## Remove everything that can be made again
	rm -rf .venv node_modules static/dist staticfiles var/stamps var/log var/test* var/dev* \
		.pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f locale/*/LC_MESSAGES/*.mo
