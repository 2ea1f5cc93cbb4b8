"""HTTP server for the files that the UI links to: briefs, returned workbooks, quality records. Read-only, needs login.

Belongs here: which files of data/ are served, and with which headers. Runs as a child process of `lianxi up`, without
Prefect. Nothing else in data/ (ledger, keys, originals, mail) can be reached.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.server.server_login import is_login, load_or_create_login
from flows.ui.links import SERVED_FOLDERS

_LOCAL = ("127.0.0.1", "localhost")
_OFFICE = "application/vnd.openxmlformats-officedocument"
# Fixed here, because the system's own table of types may be missing or incomplete.
_TYPES = {
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    ".pdf": "application/pdf",
    ".html": "text/html; charset=utf-8",
    ".png": "image/png",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
}
_INLINE = (".html", ".png", ".json", ".txt", ".md")
_HEADERS = {
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    # A page may quote text of units: the browser shows it but runs and loads nothing.
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox",
}


class ServedFolder(StaticFiles):
    """One folder of data/: its files by name; no listings, no hidden files, nothing outside it."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """The base class refuses paths out of the folder; this also refuses hidden files and a linked folder."""
        folder = Path(str(self.directory))
        hidden = any(part.startswith(".") for part in Path(path).parts)
        if hidden or folder.is_symlink():
            return "", None
        return super().lookup_path(path)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The whole file under its own Chinese name: the browser saves Word and Excel files and shows pages."""
        path = Path(full_path)
        ending = path.suffix.lower()
        return FileResponse(
            path,
            status_code=status_code,
            stat_result=stat_result,
            filename=path.name,
            media_type=_TYPES.get(ending, "application/octet-stream"),
            content_disposition_type="inline" if ending in _INLINE else "attachment",
        )


class RequireLogin:
    """Middleware that refuses every HTTP request without the login."""

    def __init__(self, app: ASGIApp, login: str) -> None:
        self.app, self.login = app, login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 for a wrong or missing login."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if not is_login(headers.get(b"authorization", b"").decode("latin-1"), self.login):
            ask = {"www-authenticate": 'Basic realm="lianxi", charset="UTF-8"'}
            refused = PlainTextResponse("请输入联席系统的登录用户名和密码。", status_code=401, headers=ask)
            await refused(scope, receive, send)
            return
        await self.app(scope, receive, send)


class SecurityHeaders:
    """Middleware that adds the security headers to every response, including errors."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the response on with the headers added."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        await self.app(scope, receive, with_headers)


def file_server_app(data: Path, login: str, hosts: tuple[str, ...] = _LOCAL) -> ASGIApp:
    """ASGI application that serves `/briefs/…`, `/returned/…` and `/quality/…` of `data` to requests with `login`.

    Requests for another host name than `hosts` are refused: otherwise a foreign page could reach this server under a
    name of its own (DNS rebinding).
    """
    for name in SERVED_FOLDERS:
        (data / name).mkdir(parents=True, exist_ok=True)
    app = Starlette(
        routes=[Mount(f"/{name}", app=ServedFolder(directory=data / name)) for name in SERVED_FOLDERS],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
            Middleware(SecurityHeaders),
            Middleware(RequireLogin, login=login),
        ],
    )
    # A folder is not a page: do not redirect to one.
    app.router.redirect_slashes = False
    return app


def serve_files(data: Path, port: int, files_url: str) -> None:
    """Serve `data` on loopback until the process is stopped."""
    login = load_or_create_login(data, os.environ.get("LIANXI_PASSWORD"))
    name = urlsplit(files_url).hostname
    hosts = (*_LOCAL, name) if name else _LOCAL
    uvicorn.run(
        file_server_app(data, login, hosts), host="127.0.0.1", port=port, log_level="warning", server_header=False
    )


if __name__ == "__main__":
    serve_files(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
