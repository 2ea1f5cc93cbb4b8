"""Archives: the extracted files equal the packed ones, and a damaged or malicious archive is refused."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tasks.archive import restore_files
from tasks.archive.manifest import NAME, ArchiveMember, Manifest, member_fault
from tasks.archive.read_archive import unpack_archive
from tasks.archive.write_archive import ArchiveSource, write_archive
from tasks.errors import InputError

HEAD = Manifest("2023-10-20T09:00:00+08:00", "0.1.0", "sqlite", "0004", 0, "")


def packed(folder: Path, *excluded: str) -> Path:
    source = folder / "数据"
    for name, content in {
        "secret.key": b"s" * 64,
        "originals/a/b": b"\x00" * 70_000,
        "退回/报表 (1).xlsx": b"",
    }.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(content)
    os.chmod(source / "secret.key", 0o600)
    os.utime(source / "originals/a/b", ns=(1, 1_697_600_000_123_456_789))
    (source / "link").symlink_to("/etc/passwd")
    (source / "half.tmp").write_bytes(b"x")
    done = write_archive(
        folder / "a.tar.gz", HEAD, [ArchiveSource(source, "data", tuple(source / each for each in excluded))]
    )
    assert done.left_out == (f"{source}/link 是链接或特殊文件，未备份",)
    return done.path


def test_extracted_files_have_their_content_times_and_modes(tmp_path: Path) -> None:
    archive = packed(tmp_path)
    assert archive.stat().st_mode & 0o777 == 0o600
    manifest = unpack_archive(archive, tmp_path / "out")
    assert [each.name for each in manifest.members] == [
        "data/secret.key",
        "data/originals/a/b",
        "data/退回/报表 (1).xlsx",
    ]
    out = tmp_path / "out/data"
    assert (out / "originals/a/b").read_bytes() == b"\x00" * 70_000
    assert (out / "originals/a/b").stat().st_mtime_ns == 1_697_600_000_123_456_789
    assert (out / "secret.key").stat().st_mode & 0o777 == 0o600
    assert unpack_archive(archive, None) == manifest


def test_an_excluded_folder_is_left_out_and_an_archive_is_never_overwritten(tmp_path: Path) -> None:
    archive = packed(tmp_path, "originals")
    assert "originals" not in str(unpack_archive(archive, None).members)
    with pytest.raises(InputError, match="已存在"):
        write_archive(archive, HEAD, [])


def _made(
    folder: Path, members: Sequence[tarfile.TarInfo | tuple[str, bytes]], listed: Sequence[ArchiveMember] | None = None
) -> Path:
    """An archive made by somebody else: any members, and a manifest that agrees with them unless `listed` is given."""
    path = folder / "made.tar.gz"
    agreed = []
    with tarfile.open(path, "w:gz") as tar:
        for each in members:
            info, content = (each, b"") if isinstance(each, tarfile.TarInfo) else (tarfile.TarInfo(each[0]), each[1])
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
            agreed.append(ArchiveMember(info.name, hashlib.sha256(content).hexdigest(), len(content), 0))
        manifest = Manifest("", "", "sqlite", "0004", 0, "", tuple(agreed if listed is None else listed)).to_json()
        info = tarfile.TarInfo(NAME)
        info.size = len(manifest)
        tar.addfile(info, io.BytesIO(manifest))
    return path


def _special(kind: bytes, name: str = "data/x", target: str = "/etc/passwd") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    "members",
    [
        [("../outside", b"x")],
        [("/tmp/outside", b"x")],
        [("data/../../outside", b"x")],
        [("data/./x", b"x")],
        [("data//x", b"x")],
        [("data\\..\\x", b"x")],
        [("etc/x", b"x")],
        [("data", b"x")],
        [("data/x", b"1"), ("data/x", b"2")],
        [_special(tarfile.SYMTYPE)],
        [_special(tarfile.SYMTYPE, "data/d", ".."), ("data/d/x", b"x")],
        [_special(tarfile.LNKTYPE)],
        [_special(tarfile.FIFOTYPE)],
        [_special(tarfile.CHRTYPE)],
        [_special(tarfile.DIRTYPE)],
    ],
)
def test_an_archive_that_would_write_outside_of_its_folder_is_refused(tmp_path: Path, members: list[object]) -> None:
    archive = _made(tmp_path, members)  # type: ignore[arg-type]
    (tmp_path / "deep").mkdir()
    with pytest.raises(InputError, match=r"不能恢复|已损坏"):
        unpack_archive(archive, tmp_path / "deep/out")
    assert not (tmp_path / "outside").exists() and not Path("/tmp/outside").exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: b"\x1f\x8b" + bytes(range(256)) * 3,
        lambda content: content[:400] + bytes([content[400] ^ 255]) + content[401:],
    ],
    ids=["cut", "empty", "noise", "one byte"],
)
def test_a_damaged_archive_is_refused(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    archive = packed(tmp_path)
    archive.write_bytes(damage(archive.read_bytes()))
    with pytest.raises(InputError, match=r"损坏|清单|校验值"):
        unpack_archive(archive, tmp_path / "out")


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        ([], "多出"),
        (
            [ArchiveMember("data/a", hashlib.sha256(b"1").hexdigest(), 1, 0), ArchiveMember("data/b", "0" * 64, 1, 0)],
            "缺少",
        ),
        ([ArchiveMember("data/a", "0" * 64, 1, 0)], "校验值不符"),
    ],
)
def test_a_manifest_that_disagrees_is_refused(tmp_path: Path, listed: list[ArchiveMember], says: str) -> None:
    with pytest.raises(InputError, match=says):
        unpack_archive(_made(tmp_path, [("data/a", b"1")], listed), None)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": 2}', b'{"format": 1, "members": [{"name": 1}]}'])
def test_a_member_that_is_no_manifest_is_refused(tmp_path: Path, content: bytes) -> None:
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as tar:
        info = tarfile.TarInfo(NAME)
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    with pytest.raises(InputError, match=r"清单|格式"):
        unpack_archive(tmp_path / "x.tar.gz", None)


def test_a_member_larger_than_the_disk_is_refused_by_its_header(tmp_path: Path) -> None:
    info = tarfile.TarInfo("data/bomb")
    info.size = 2**60
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as tar:
        tar.addfile(info)
    with pytest.raises(Exception, match="磁盘空间不够"):
        unpack_archive(tmp_path / "x.tar.gz", tmp_path / "out")


def test_only_names_below_the_archives_folders_are_accepted() -> None:
    assert member_fault("share/县商工局/上报/10月 报表.xlsx") is None
    assert all(
        member_fault(name) for name in ("", "data/", "x/y", "data/..", "data/\x00", "config/../data/x", "manifest.json")
    )


def test_existing_files_are_moved_aside_and_the_share_only_gains_files(tmp_path: Path) -> None:
    data, taken = tmp_path / "data", tmp_path / "taken"
    for path, content in {data / "share/甲/new.xlsx": "newer", data / "briefs/a": "now", taken / "share/甲/new.xlsx": "older",
                          taken / "share/乙/old.xlsx": "older"}.items():  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    assert restore_files.set_aside(data, data / "aside/1", (data / "share", data / "aside")) == ("briefs",)
    assert (data / "aside/1/briefs/a").read_text() == "now"
    assert restore_files.copy_missing(taken / "share", data / "share") == 1
    assert (data / "share/甲/new.xlsx").read_text() == "newer" and (data / "share/乙/old.xlsx").exists()
    assert restore_files.copy_over(taken / "share/甲", data / "share/甲", data / "aside/1/甲") == ("new.xlsx",)
    assert (data / "aside/1/甲/new.xlsx").read_text() == "newer"
