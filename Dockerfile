# The portal for a server: one image for gunicorn, worker and beat (see docker-compose.yml).
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /portal

COPY requirements/base.lock requirements/base.lock
RUN pip install --no-deps --require-hashes -r requirements/base.lock

COPY . .
# The key serves these three commands only and does not stay in the image.
RUN export SECRET_KEY=building \
    && python manage.py compile_translations \
    && python manage.py build_assets \
    && python manage.py collectstatic --no-input \
    && useradd --system --home-dir /portal --shell /usr/sbin/nologin rocket \
    && mkdir -p /documents \
    && chown rocket /documents

USER rocket
ENV DOCUMENTS_DIR=/documents
VOLUME /documents
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "-c", \
    "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/healthz'); exit(c.getresponse().status != 200)"]

CMD ["gunicorn", "rocket.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", \
    "--threads", "8", "--timeout", "60", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
