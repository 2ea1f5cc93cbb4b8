"""What issuing writes into the share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.errors import PipelineError
from tasks.issue.place_workbook import find_issued, folder_name, issued_path, make_folders, place_workbook
from tests import factories


def tree(share: Path) -> list[str]:
    return sorted(path.relative_to(share).as_posix() for path in share.rglob("*"))


def test_every_unit_gets_its_three_folders_and_all_share_one_public_drop(tmp_path: Path) -> None:
    make_folders(tmp_path / "共享 share", ["县商工局"])
    make_folders(tmp_path / "共享 share", ["县商工局"])
    assert tree(tmp_path / "共享 share") == ["公共上报", "县商工局", "县商工局/上报", "县商工局/发放", "县商工局/退回"]


def test_the_name_of_a_placed_workbook_holds_unit_period_and_kind(tmp_path: Path) -> None:
    written = place_workbook(tmp_path, factories.duty(), b"content")
    assert written.path == "县住建局/发放/县住建局_2023-10_月度报送.xlsx"
    assert (tmp_path / written.path).read_bytes() == b"content"
    assert issued_path(factories.duty(kind="roster", period="2023-09")).endswith("_2023-09_联系人名单.xlsx")


def test_a_workbook_issued_under_a_former_title_is_found_and_replaced_in_its_place(tmp_path: Path) -> None:
    duty = factories.duty(kind="deliverable", period="2023-09")
    former = tmp_path / "县住建局/发放/县住建局_2023-09_专项成果.xlsx"
    assert find_issued(tmp_path, duty) is None
    former.parent.mkdir(parents=True)
    former.write_bytes(b"old")
    assert place_workbook(tmp_path, duty, b"new").path == former.relative_to(tmp_path).as_posix()
    assert [each.read_bytes() for each in former.parent.iterdir()] == [b"new"]


def test_unchanged_bytes_are_not_written_again_and_changed_ones_replace_the_old(tmp_path: Path) -> None:
    path = tmp_path / place_workbook(tmp_path, factories.duty(), b"one").path
    before = path.stat()
    place_workbook(tmp_path, factories.duty(), b"one")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    place_workbook(tmp_path, factories.duty(), b"two")
    assert path.read_bytes() == b"two"
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("unit", ["", "  ", ".", "..", ".hidden", "a\nb", "县局."])
def test_a_name_that_is_no_folder_is_refused(unit: str) -> None:
    with pytest.raises(PipelineError):
        folder_name(unit)


@pytest.mark.parametrize("unit", ["../../etc", "县局/二科", "C:\\县局", "市交通委（市道运局）"])
def test_a_units_folder_never_leaves_the_share(tmp_path: Path, unit: str) -> None:
    if unit.startswith("."):
        with pytest.raises(PipelineError):
            folder_name(unit)
        return
    make_folders(tmp_path, [unit])
    assert len([path for path in tmp_path.iterdir() if path.name != "公共上报"]) == 1


def test_a_share_that_cannot_be_written_gives_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "share").write_text("a file is in its place")
    with pytest.raises(PipelineError, match="共享文件夹"):
        place_workbook(tmp_path / "share", factories.duty(), b"content")
