"""Settings of the web server; see https://docs.gunicorn.org/en/stable/settings.html for each."""

import gc
import os
from pathlib import Path
from typing import Any

from app.platform.preloading import preload

bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or 8000}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or 2)
# More than the crowd that writes at once (app/platform/turns.py), so that readers always find a thread.
threads = int(os.environ.get("WEB_THREADS") or 48)
# Loaded once, before the workers are made: a worker that was killed is replaced at once, and nobody reaches
# one that is still loading. Nothing is open by then that two processes could not share.
preload_app = True
timeout = 60
graceful_timeout = 10
keepalive = 5
# Heartbeats of workers touch a file: in memory, so that a slow disk never looks like a hung worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# By default instances of one user would share a control socket in the home folder.
control_socket_disable = True
# No access log: who read which page is nobody's business. Errors go to standard error.
accesslog = None
loglevel = os.environ.get("LOG_LEVEL") or "warning"
limit_request_line = 4094
limit_request_fields = 60


def when_ready(server: Any) -> None:
    """Before the workers are made: do once what each would do for its first visitors.

    What is loaded stays, so the collector of garbage need not look through it again.
    """
    application = server.app.wsgi()
    if not application.debug:
        preload(application)
    gc.collect()
    gc.freeze()
