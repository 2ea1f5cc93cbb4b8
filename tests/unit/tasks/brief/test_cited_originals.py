"""ContentStore of cited originals: readable names, copied once, the original untouched."""

from __future__ import annotations

from pathlib import Path

from tasks.brief.cited_originals import copy_cited, copy_paths
from tests import factories
from tests.golden import november


def test_an_original_is_copied_once_under_a_name_a_person_can_read(tmp_path: Path) -> None:
    sent = factories.submission(
        "accepted", id=2, unit="县商工局", version=2, stored="shili-2023/ab/abc", path="x/表.XLSX"
    )
    places = copy_paths([sent], "shili-2023")
    assert places == {2: f"briefs/shili-2023/原件/{sent.period}/县商工局_第2版.xlsx"}
    original = tmp_path / "originals" / "shili-2023" / "ab" / "abc"
    original.parent.mkdir(parents=True)
    original.write_bytes(b"as it came")
    assert copy_cited(november.brief(), [sent], places, tmp_path) == 1
    assert copy_cited(november.brief(), [sent], places, tmp_path) == 0
    assert (tmp_path / places[2]).read_bytes() == b"as it came"
    assert original.read_bytes() == b"as it came"
