"""One pass over the share: what is copied, what waits, what is ignored, and that the share is not changed."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from config.paths import PROJECT
from config.settings import LimitSettings
from config.settings_file import load_settings
from tasks.collect.collect import Collected, collect
from tasks.errors import PipelineError
from tasks.model.seen_files import SeenFiles
from tasks.model.submission import Original
from tests import factories
from tests.factories import COMMERCE, HOUSING, NOW

LIMITS = load_settings(env={}).limits
WATCHED: list[list[tuple[str, str]]] = []


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if WATCHED and event in ("open", "os.scandir"):
        WATCHED[0].append((event, str(args[0])))


# An audit hook cannot be removed; it does nothing while WATCHED is empty.
sys.addaudithook(_watch)


def seen(originals: Iterable[Original]) -> SeenFiles:
    return SeenFiles((each.path, each.size_bytes, each.mtime_ns) for each in originals)


class Office:
    """A share with one unit's folders and the public folder, and the folder of originals."""

    def __init__(self, root: Path) -> None:
        self.root, self.share, self.originals = root, root / "share", root / "originals"
        for folder in (f"{HOUSING}/上报", f"{HOUSING}/发放", f"{HOUSING}/退回", "公共上报"):
            (self.share / folder).mkdir(parents=True)

    def drop(self, path: str, content: bytes = b"content", age_s: float = 3600) -> Path:
        file = self.share / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        self.age(file, age_s)
        return file

    def age(self, file: Path, age_s: float) -> None:
        moment = NOW.timestamp() - age_s
        os.utime(file, (moment, moment))

    def collect(
        self, known: Any = None, limits: LimitSettings = LIMITS, now: dt.datetime = NOW, **part: Any
    ) -> Collected:
        settings = factories.context(self.root).settings.model_copy(update={"limits": limits})
        return collect(factories.context(settings=settings, now=now), known or SeenFiles(), **part)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_file_is_copied_byte_for_byte_under_the_name_of_its_content(office: Office) -> None:
    office.drop(f"{HOUSING}/上报/10月.xlsx", b"\x00bytes\xff")
    (original,) = office.collect().originals
    assert (original.path, original.folder_unit, original.size_bytes) == (f"{HOUSING}/上报/10月.xlsx", HOUSING, 7)
    assert original.stored == f"shili-2023/{original.sha256[:2]}/{original.sha256}"
    assert (office.originals / original.stored).read_bytes() == b"\x00bytes\xff"
    assert original.received_at == NOW


def test_a_public_file_has_no_folder_unit_and_sub_folders_are_listed(office: Office) -> None:
    office.drop("公共上报/a.xlsx")
    office.drop(f"{HOUSING}/上报/十月/最终/b.xlsx")
    assert [(each.path, each.folder_unit) for each in office.collect().originals] == [
        ("公共上报/a.xlsx", None), (f"{HOUSING}/上报/十月/最终/b.xlsx", HOUSING),
    ]  # fmt: skip


def test_files_outside_of_the_submission_folders_are_not_collected(office: Office) -> None:
    for path in (f"{HOUSING}/发放/a.xlsx", f"{HOUSING}/退回/b.xlsx", f"{HOUSING}/c.xlsx", "d.xlsx"):
        office.drop(path)
    assert office.collect().originals == ()


@pytest.mark.parametrize(
    "name", ["~$10月.xlsx", ".~lock.10月.xlsx#", "Thumbs.db", ".DS_Store", "desktop.ini", "10月.tmp", "10月.xlsx.part"]
)
def test_lock_and_system_files_are_ignored_silently(office: Office, name: str) -> None:
    office.drop(f"{HOUSING}/上报/{name}")
    collected = office.collect()
    assert (collected.originals, collected.ignored, collected.troubles) == ((), 1, ())


@pytest.mark.parametrize(
    ("age_s", "settled"), [(0, False), (19, False), (20, True), (21, True), (-5, False), (-3600, True)]
)
def test_a_file_waits_until_it_was_unchanged_for_the_set_time(office: Office, age_s: float, settled: bool) -> None:
    office.drop(f"{HOUSING}/上报/10月.xlsx", age_s=age_s)
    collected = office.collect()
    assert (len(collected.originals), len(collected.waiting)) == ((1, 0) if settled else (0, 1))


def test_a_known_file_is_not_opened_and_a_changed_one_is_collected_again(office: Office) -> None:
    file = office.drop(f"{HOUSING}/上报/10月.xlsx", b"one")
    (first,) = office.collect().originals
    known = seen((first,))
    file.chmod(0)
    assert office.collect(known) == Collected((), (), 0, ())
    file.chmod(0o600)
    office.drop(f"{HOUSING}/上报/10月.xlsx", b"two", age_s=60)
    (second,) = office.collect(known).originals
    assert second.sha256 != first.sha256
    assert (office.originals / first.stored).read_bytes() == b"one"


def test_a_share_is_collected_in_parts_of_whole_folders_and_each_file_once(office: Office) -> None:
    names = ["公共上报/a.xlsx", f"{COMMERCE}/上报/b.xlsx", f"{COMMERCE}/上报/c.xlsx", f"{HOUSING}/上报/d.xlsx"]
    for name in [*names, f"{HOUSING}/上报/~$d.xlsx", "谁也不是/上报/e.xlsx"]:
        office.drop(name, name.encode())
    parts = [office.collect(most=1)]
    while (after := parts[-1].resume_after) is not None:
        parts.append(office.collect(after=after, most=1))
    whole = office.collect()
    assert [len(part.originals) for part in parts] == [1, 1, 2, 1]
    assert tuple(each for part in parts for each in part.originals) == whole.originals
    assert sum(part.ignored for part in parts) == whole.ignored == 1
    assert tuple(each for part in parts for each in part.troubles) == whole.troubles != ()


def test_the_same_content_is_stored_once(office: Office) -> None:
    office.drop(f"{HOUSING}/上报/a.xlsx", b"same")
    office.drop("公共上报/b.xlsx", b"same")
    one, two = office.collect().originals
    assert one.stored == two.stored
    assert len([path for path in office.originals.rglob("*") if path.is_file()]) == 1


def test_the_share_is_only_read(office: Office) -> None:
    office.drop(f"{HOUSING}/上报/a.xlsx")
    before = {path: path.stat().st_mtime_ns for path in office.share.rglob("*")}
    office.collect()
    assert {path: path.stat().st_mtime_ns for path in office.share.rglob("*")} == before


def test_known_files_are_listed_with_their_folder_and_never_opened(office: Office) -> None:
    for number in range(20):
        office.drop(f"{HOUSING}/上报/{number}.xlsx", bytes([number]))
    known = seen(office.collect().originals)
    touched: list[tuple[str, str]] = []
    WATCHED.append(touched)
    assert office.collect(known).originals == ()
    WATCHED.clear()
    mine = [(event, Path(path).name) for event, path in touched if str(office.share) in path]
    assert [name for event, name in mine if event == "open"] == []
    assert sorted(name for event, name in mine if event == "os.scandir") == ["share", "上报", "公共上报"]


def test_links_are_never_followed(office: Office, tmp_path: Path) -> None:
    secret = tmp_path / "passwd"
    secret.write_text("not for the originals")
    (tmp_path / "elsewhere/上报").mkdir(parents=True)
    (tmp_path / "elsewhere/上报/x.xlsx").write_text("x")
    (office.share / f"{HOUSING}/上报/a.xlsx").symlink_to(secret)
    (office.share / f"{HOUSING}/上报/folder").symlink_to(tmp_path)
    (office.share / "县文旅局").symlink_to(tmp_path / "elsewhere")
    (office.share / "县医保局").mkdir()
    (office.share / "县医保局/上报").symlink_to(tmp_path / "elsewhere/上报")
    collected = office.collect()
    assert collected.originals == ()
    assert len(collected.troubles) == 2


def test_a_pipe_does_not_hang_the_pass(office: Office) -> None:
    os.mkfifo(office.share / f"{HOUSING}/上报/pipe.xlsx")
    assert office.collect().originals == ()


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("商工局.xls".encode("gb18030"), "\\xc9\\xcc\\xb9\\xa4\\xbe\\xd6.xls"),
        ("换\n行.xlsx".encode(), "换\n行.xlsx"),
        (b"-rf.xlsx", "-rf.xlsx"),
        (("名" * 83 + ".xlsx").encode(), "名" * 83 + ".xlsx"),
    ],
)
def test_any_name_a_file_system_allows_is_collected_and_can_be_stored_as_text(
    office: Office, name: bytes, stored: str
) -> None:
    folder = os.fsencode(office.share / f"{HOUSING}/上报")
    file = folder + b"/" + name
    with open(file, "wb") as handle:
        handle.write(b"content")
    os.utime(file, (NOW.timestamp() - 60,) * 2)
    (original,) = office.collect().originals
    original.path.encode("utf-8")
    assert original.path == f"{HOUSING}/上报/{stored}"
    assert office.collect(seen((original,))).originals == ()


def test_a_folder_of_no_known_unit_is_collected_without_a_unit_and_reported(office: Office) -> None:
    office.drop("县某某局/上报/a.xlsx")
    collected = office.collect()
    assert [each.folder_unit for each in collected.originals] == [None]
    assert "县某某局" in collected.troubles[0]


def test_a_file_over_the_limit_is_recorded_but_not_copied(office: Office) -> None:
    office.drop(f"{HOUSING}/上报/照片.xlsx", b"0123456789")
    at_limit = office.collect(limits=LIMITS.model_copy(update={"file_bytes": 10})).originals[0]
    over = office.collect(limits=LIMITS.model_copy(update={"file_bytes": 9})).originals[0]
    assert at_limit.stored
    assert (over.stored, over.size_bytes) == ("", 10)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_stops_no_other(office: Office) -> None:
    office.drop(f"{HOUSING}/上报/a.xlsx").chmod(0)
    office.drop(f"{HOUSING}/上报/b.xlsx")
    collected = office.collect()
    assert [each.path for each in collected.originals] == [f"{HOUSING}/上报/b.xlsx"]
    assert "a.xlsx" in collected.troubles[0]


def test_a_share_that_is_absent_stops_the_pass_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="不存在"):
        collect(factories.context(tmp_path / "mount"), SeenFiles())


def test_originals_that_cannot_be_written_stop_the_pass_in_plain_words(office: Office) -> None:
    office.drop(f"{HOUSING}/上报/a.xlsx")
    office.originals.write_text("a file is in its place")
    with pytest.raises(PipelineError, match="原件存不进"):
        office.collect()


def test_a_file_replaced_between_listing_and_reading_waits_for_the_next_pass(office: Office) -> None:
    from tasks.collect.content_store import StillChangingError, read_stable
    from tasks.collect.list_share import list_share

    file = office.drop(f"{HOUSING}/上报/a.xlsx", b"one")
    (found,) = list_share(office.share, factories.county()).found
    file.write_bytes(b"another")
    with pytest.raises(StillChangingError):
        read_stable(found)


def test_collecting_loads_neither_pandas_nor_great_expectations() -> None:
    loaded = "import sys, tasks.collect.collect; print({'pandas', 'great_expectations', 'prefect'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
