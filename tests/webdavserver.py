"""A real WebDAV server on loopback that serves a folder, with a login."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

USER, PASSWORD = "lianxi", "a password for the tests"


@contextmanager
def served(folder: Path, requests: list[str] | None = None) -> Iterator[str]:
    """Serve a folder; yields the share's URL. `requests` collects the method and Overwrite header of each request."""
    from cheroot import wsgi
    from wsgidav.wsgidav_app import WsgiDAVApp

    logging.getLogger("wsgidav").setLevel(logging.CRITICAL)
    app = WsgiDAVApp(
        {
            "provider_mapping": {"/share": str(folder)},
            "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
            "http_authenticator": {"accept_digest": False, "default_to_digest": False},
            "verbose": 0,
            "logging": {"enable": False},
        }
    )

    def logged_app(environ: dict[str, Any], start_response: Any) -> Any:
        if requests is not None:
            requests.append(f"{environ['REQUEST_METHOD']} {environ.get('HTTP_OVERWRITE', '')}".strip())
        return app(environ, start_response)

    server = wsgi.Server(("127.0.0.1", 0), logged_app, numthreads=4, timeout=5, shutdown_timeout=1)
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield f"webdav://127.0.0.1:{server.bind_addr[1]}/share"
    finally:
        server.stop()
        thread.join()
