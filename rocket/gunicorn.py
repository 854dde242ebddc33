"""gunicorn's settings on a server: ``gunicorn --config python:rocket.gunicorn rocket.wsgi``.

GUNICORN_CMD_ARGS overrides each, such as ``--workers 4 --threads 8``.
"""

import os

from rocket.core import logs

bind = "0.0.0.0:8000"  # inside its container; the port is opened on the loopback alone
worker_class = "gthread"
workers = 2
threads = 8
timeout = 60
graceful_timeout = 30
keepalive = 5
worker_tmp_dir = "/dev/shm"  # noqa: S108 - memory, where a disk may be read-only
control_socket_disable = True
# One line a request comes from the portal itself, without addresses; gunicorn's own would hold query strings.
accesslog = None
logconfig_dict = logs.configuration(os.environ.get("LOG_FORMAT", "json"), os.environ.get("LOG_LEVEL", "INFO"))
