"""Whether somebody has opened the notebook: asked of Jupyter itself, in the container that both run in."""

from __future__ import annotations

import json
import os
import ssl
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

from catdog.errors import CatdogError

ADDRESS = "127.0.0.1:8080"
TIMEOUT = 5
# Jupyter's parts start one after the other, and each takes its start for activity.
STARTING = timedelta(seconds=5)
# JupyterLab keeps here how a browser's window is laid out.
WORKSPACES = ".jupyter/lab/workspaces"


class JupyterError(CatdogError):
    """Jupyter does not answer."""


def last_activity() -> datetime | None:
    """When Jupyter was last used by somebody with its token; None: never. Raises JupyterError.

    Probes and questions about the state are no use to Jupyter. It forgets when its container starts anew; the window's
    layout, which lies in the home folder, stays.
    """
    status = _status()
    started, active = (_time(status.get(key)) for key in ("started", "last_activity"))
    laid_out = _laid_out()
    used = active if active - started > STARTING or status.get("kernels") else None
    return max(filter(None, (used, laid_out)), default=None)


def _laid_out() -> datetime | None:
    files = (Path.home() / WORKSPACES).glob("*.jupyterlab-workspace")
    return max((datetime.fromtimestamp(path.stat().st_mtime, UTC) for path in files), default=None)


def _status() -> dict:
    certificate = os.environ.get("NOTEBOOK_TLS_CERT")
    url = f"{'https' if certificate else 'http'}://{ADDRESS}/api/status"
    request = urllib.request.Request(url, headers={"Authorization": f"token {os.environ.get('JUPYTER_TOKEN', '')}"})
    try:
        # Not through a proxy: it is this container.
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if certificate:
            handlers.append(urllib.request.HTTPSHandler(context=_trusting(certificate)))
        with urllib.request.build_opener(*handlers).open(request, timeout=TIMEOUT) as answer:
            return json.load(answer)
    except (OSError, ValueError) as error:
        raise JupyterError(f"Jupyter does not answer at {url}: {error}") from error


def _trusting(certificate: str) -> ssl.SSLContext:
    """Trusts the notebook's own certificate, whoever signed it and whatever names it has."""
    context = ssl.create_default_context(cafile=certificate)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.check_hostname = False
    return context


def _time(text: str | None) -> datetime:
    try:
        return datetime.fromisoformat(text or "")
    except ValueError as error:
        raise JupyterError(f"Jupyter tells no time that can be read: {text!r}") from error
