"""The file server over a real socket: requests with the login, without it, and hostile ones."""

from __future__ import annotations

import http.client
import socket
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import uvicorn

from flows.server.file_server import file_server_app
from flows.server.server_login import authorization, is_login, load_or_create_login
from flows.ui.links import file_link
from tasks.errors import InputError, PipelineError

LOGIN = "lianxi:correct-horse-battery"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """A data folder with a file in each served folder, secrets beside them, and links that lead out; served on loopback."""
    data = tmp_path_factory.mktemp("数据 data")
    (data / "briefs/yanqi-2023/2023-10").mkdir(parents=True)
    (data / "briefs/yanqi-2023/2023-10/简报.docx").write_bytes(b"word")
    (data / "briefs/yanqi-2023/2023-10/简报.html").write_text("<script>1</script>", encoding="utf-8")
    (data / "returned/县财政局").mkdir(parents=True)
    (data / "returned/县财政局/县财政局 10月#1.xlsx").write_bytes(b"excel")
    (data / "returned/县财政局/.~12.tmp").write_bytes(b"half")
    for name in ("lianxi.db", "secret.key", "login.key"):
        (data / name).write_text("secret")
    (data / "originals").mkdir()
    (data / "originals/a.xlsx").write_text("secret")
    (data / "returned/出去.xlsx").symlink_to(data / "secret.key")
    (data / "returned/文件夹").symlink_to(data / "originals", target_is_directory=True)
    (data / "quality").symlink_to(data / "originals", target_is_directory=True)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(file_server_app(data, LOGIN), log_level="critical", server_header=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        deadline = time.monotonic() + 60
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        yield int(listening.getsockname()[1]), data
        server.should_exit = True
        thread.join(30)


def ask(
    served: tuple[int, Path], path: str, login: str | None = LOGIN, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Send one request exactly as written: an HTTP client would normalise its path."""
    line = http.client.HTTPConnection("127.0.0.1", served[0], timeout=30)
    line.putrequest(method, path, skip_host="host" in headers)
    said = {"authorization": authorization(login)} if login else {}
    for name, value in (said | headers).items():
        line.putheader(name, value)
    line.endheaders()
    answer = line.getresponse()
    body = answer.read()
    line.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def test_a_brief_and_a_returned_workbook_open_under_their_own_names(served: tuple[int, Path]) -> None:
    status, headers, body = ask(served, quote("/briefs/yanqi-2023/2023-10/简报.docx"))
    assert (status, body) == (200, b"word")
    assert headers["content-type"].endswith("wordprocessingml.document")
    assert headers["content-disposition"] == f"attachment; filename*=utf-8''{quote('简报.docx')}"
    link = file_link("", "returned/县财政局/县财政局 10月#1.xlsx")
    status, headers, body = ask(served, link[link.index("](") + 2 : -1])
    assert (status, body) == (200, b"excel")
    assert headers["content-type"].endswith("spreadsheetml.sheet")


def test_a_page_is_shown_but_may_run_nothing(served: tuple[int, Path]) -> None:
    status, headers, _ = ask(served, quote("/briefs/yanqi-2023/2023-10/简报.html"))
    assert status == 200
    assert headers["content-disposition"].startswith("inline")
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["content-security-policy"].endswith("sandbox")
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/", "/secret.key", "/login.key", "/lianxi.db", "/originals/a.xlsx", "/briefs", "/briefs/", "/returned/",
        "/briefs/../secret.key", "/briefs/%2e%2e/secret.key", "/briefs/..%2fsecret.key", "/briefs/%2e%2e%2fsecret.key",
        "/briefs/..%5csecret.key", "/briefs/yanqi-2023/../../secret.key", "/briefs/....//secret.key",
        "/briefs//etc/passwd", "/briefs/%2fetc%2fpasswd", "//etc/passwd", "/briefs/%00", "/briefs/%c0%ae%c0%ae/secret.key",
        "/returned/%E5%87%BA%E5%8E%BB.xlsx", "/returned/%E6%96%87%E4%BB%B6%E5%A4%B9/a.xlsx", "/quality/a.xlsx",
        "/returned/%E5%8E%BF%E8%B4%A2%E6%94%BF%E5%B1%80/.~12.tmp", "/returned/%E5%8E%BF%E8%B4%A2%E6%94%BF%E5%B1%80/",
        "/briefs/" + "a" * 5000, "/briefs/%252e%252e/secret.key", "/BRIEFS/../secret.key",
    ],
)  # fmt: skip
def test_no_path_leads_to_other_files(served: tuple[int, Path], path: str) -> None:
    status, headers, body = ask(served, path)
    assert status in (400, 404)
    assert b"secret" not in body
    assert "location" not in headers


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "MKCOL", "OPTIONS", "TRACE"])
def test_nothing_can_be_written(served: tuple[int, Path], method: str) -> None:
    before = sorted(served[1].rglob("*"))
    assert ask(served, quote("/briefs/yanqi-2023/2023-10/简报.docx"), method=method)[0] == 405
    assert sorted(served[1].rglob("*")) == before


def test_head_has_the_headers_of_get_without_the_file(served: tuple[int, Path]) -> None:
    status, headers, body = ask(served, quote("/briefs/yanqi-2023/2023-10/简报.docx"), method="HEAD")
    assert (status, headers["content-length"], body) == (200, "4", b"")


@pytest.mark.parametrize("login", [None, "lianxi:", ":", "lianxi:correct-horse-batter", "root:correct-horse-battery"])
@pytest.mark.parametrize("path", ["/briefs/yanqi-2023/2023-10/%E7%AE%80%E6%8A%A5.docx", "/nowhere"])
def test_every_request_needs_the_login(served: tuple[int, Path], login: str | None, path: str) -> None:
    status, headers, body = ask(served, path, login)
    assert status == 401
    assert headers["www-authenticate"].startswith("Basic realm=")
    assert b"word" not in body


@pytest.mark.parametrize("header", ["", "Basic", "Basic ====", "Bearer x", "Basic " + "A" * 9000, "Basic 77+9", "\xff"])
def test_a_header_that_is_no_login_is_no_login(header: str) -> None:
    assert not is_login(header, LOGIN)


def test_the_scheme_is_read_in_any_case() -> None:
    assert is_login(authorization(LOGIN).replace("Basic", "bASIC"), LOGIN)


def test_another_host_name_is_refused(served: tuple[int, Path]) -> None:
    assert ask(served, "/briefs/yanqi-2023/2023-10/%E7%AE%80%E6%8A%A5.docx", host="evil.example")[0] == 400


def test_the_password_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    login = load_or_create_login(tmp_path, None)
    assert login.startswith("lianxi:")
    assert len(login) > 20
    assert load_or_create_login(tmp_path, None) == login
    assert stat.S_IMODE((tmp_path / "login.key").stat().st_mode) == 0o600
    assert load_or_create_login(tmp_path, "from-the-environment") == "lianxi:from-the-environment"


@pytest.mark.parametrize("given", ["short", "with a blank in it", "口令口令口令口令口令口令", "colon:colon:colon"])
def test_a_password_that_cannot_be_used_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(InputError):
        load_or_create_login(tmp_path, given)


def test_half_a_password_is_not_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "login.key").write_text("")
    with pytest.raises(PipelineError, match="删去该文件"):
        load_or_create_login(tmp_path, None)
