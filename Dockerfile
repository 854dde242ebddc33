# The portal for a server: one image for gunicorn, worker, beat and the commands of an operator (docker-compose.yml).
FROM python:3.11-slim-trixie

# PDF libraries, and PostgreSQL's client programs of the same major version as the server in docker-compose.yml: they
# make the backup. Versions are not pinned: a rebuild takes in what Debian has mended.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fonts-dejavu-core libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*

# The numbers are fixed, so that folders of the host can be given to this account.
RUN groupadd --system --gid 10001 rocket \
    && useradd --system --uid 10001 --gid rocket --no-create-home --home-dir /tmp --shell /usr/sbin/nologin rocket \
    && mkdir /documents /backups \
    && chown rocket:rocket /documents /backups

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    XDG_CACHE_HOME=/tmp/cache
WORKDIR /portal

COPY requirements/server.lock requirements/server.lock
RUN pip install --no-deps --require-hashes -r requirements/server.lock

COPY . .
# The key serves these three commands only: nothing of it stays in the image. What they make belongs to root, and the
# portal's account can't write it.
RUN SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(50))") \
    && export SECRET_KEY \
    && python manage.py compile_translations \
    && python manage.py build_assets \
    && python manage.py collectstatic --no-input \
    && python -m compileall -q /portal

USER 10001:10001
ENV DOCUMENTS_DIR=/documents
VOLUME /documents
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "-c", \
    "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/healthz'); exit(c.getresponse().status != 200)"]

CMD ["gunicorn", "--config", "python:rocket.gunicorn", "rocket.wsgi"]
