"""A real WebDAV server on loopback over a folder, with a login. What it serves is a test's business."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

USER, PASSWORD = "lianxi", "a password for the tests"


@contextmanager
def served(folder: Path, told: list[str] | None = None) -> Iterator[str]:
    """Serve a folder; gives the share's address. `told` gets each request: its method, and whether it may overwrite."""
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

    def noted(environ: dict[str, Any], answer: Any) -> Any:
        if told is not None:
            told.append(f"{environ['REQUEST_METHOD']} {environ.get('HTTP_OVERWRITE', '')}".strip())
        return app(environ, answer)

    server = wsgi.Server(("127.0.0.1", 0), noted, numthreads=4, timeout=5, shutdown_timeout=1)
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield f"webdav://127.0.0.1:{server.bind_addr[1]}/share"
    finally:
        server.stop()
        thread.join()
