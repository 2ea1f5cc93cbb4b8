"""The files behind the links of the UI: briefs, returned workbooks and quality records, read-only, behind the login.

Belongs here: which files of data/ may be looked at, and under which headers. Runs as a child of `lianxi up`; it knows
nothing of Prefect. Everything else in data/ (ledger, keys, originals, mail) is out of its reach.
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

from flows.server.login import is_login, load_or_create_login
from flows.ui.links import SERVED_FOLDERS

_LOCAL = ("127.0.0.1", "localhost")
_OFFICE = "application/vnd.openxmlformats-officedocument"
# Named here: what a bare machine's own table says of an extension is left to chance.
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
_SHOWN = (".html", ".png", ".json", ".txt", ".md")
_HEADERS = {
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    # A page may hold words of units: it is shown, and can do nothing.
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox",
}


class FileServer(StaticFiles):
    """One folder of data/: its files by name, no listings, nothing hidden, nothing outside it."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """As the base class, which keeps to the folder; the folder itself must not lead elsewhere either."""
        folder = Path(str(self.directory))
        hidden = any(part.startswith(".") for part in Path(path).parts)
        if hidden or folder.is_symlink():
            return "", None
        return super().lookup_path(path)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The whole file under its own Chinese name: Word and Excel are saved, pages are shown."""
        path = Path(full_path)
        ending = path.suffix.lower()
        return FileResponse(
            path,
            status_code=status_code,
            stat_result=stat_result,
            filename=path.name,
            media_type=_TYPES.get(ending, "application/octet-stream"),
            content_disposition_type="inline" if ending in _SHOWN else "attachment",
        )


class RequireLogin:
    """Lets nobody in without the login, whatever is asked for."""

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
    """Puts the headers that keep a page harmless on every answer, errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the answer on with the headers added."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        await self.app(scope, receive, with_headers)


def file_server_app(data: Path, login: str, hosts: tuple[str, ...] = _LOCAL) -> ASGIApp:
    """The application: `/briefs/…`, `/returned/…`, `/quality/…` of `data`, for whoever says `login` to one of `hosts`.

    The name of the host is checked, so that no page elsewhere can reach it under a name of its own (DNS rebinding).
    """
    for name in SERVED_FOLDERS:
        (data / name).mkdir(parents=True, exist_ok=True)
    app = Starlette(
        routes=[Mount(f"/{name}", app=FileServer(directory=data / name)) for name in SERVED_FOLDERS],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
            Middleware(SecurityHeaders),
            Middleware(RequireLogin, login=login),
        ],
    )
    # A folder is not a page: no answer leads on to one.
    app.router.redirect_slashes = False
    return app


def serve_files(data: Path, port: int, files_url: str) -> None:
    """Serve `data` on loopback until told to stop."""
    login = load_or_create_login(data, os.environ.get("LIANXI_PASSWORD"))
    name = urlsplit(files_url).hostname
    hosts = (*_LOCAL, name) if name else _LOCAL
    uvicorn.run(
        file_server_app(data, login, hosts), host="127.0.0.1", port=port, log_level="warning", server_header=False
    )


if __name__ == "__main__":
    serve_files(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
