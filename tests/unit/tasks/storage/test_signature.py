"""The signature of an issued workbook, and the secret's file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tasks.errors import PipelineError
from tasks.model.finding import make_finding
from tasks.storage.signature import WorkbookIdentity, load_or_create_secret, sign_identity, verify_identity

IDENTITY = WorkbookIdentity("shili-2023", "县住建局", "progress", "2023-10", "2023.1")
SECRET = b"0123456789abcdef0123456789abcdef"


def test_a_signature_is_valid_for_the_signed_identity_in_spite_of_blanks_and_capitals() -> None:
    assert verify_identity(IDENTITY, f"  {sign_identity(IDENTITY, SECRET).upper()}\n", SECRET)


@pytest.mark.parametrize("key", ["plan", "unit", "kind", "period", "template"])
def test_a_signature_fails_when_anything_signed_is_changed(key: str) -> None:
    assert not verify_identity(IDENTITY._replace(**{key: "other"}), sign_identity(IDENTITY, SECRET), SECRET)


def test_a_signature_fails_under_another_secret_and_for_text_moved_between_fields() -> None:
    assert not verify_identity(IDENTITY, sign_identity(IDENTITY, SECRET), b"another")
    assert sign_identity(WorkbookIdentity("a", "bc", "", "", ""), SECRET) != sign_identity(
        WorkbookIdentity("ab", "c", "", "", ""), SECRET
    )


@pytest.mark.parametrize("text", ["", "签名", "\udcff", "0" * 64])
def test_a_text_that_is_no_signature_is_refused_without_an_error(text: str) -> None:
    assert not verify_identity(IDENTITY, text, SECRET)


def test_the_secret_is_made_once_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "密钥" / "secret.key"
    first = load_or_create_secret(path, None)
    assert load_or_create_secret(path, None) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["secret.key"]


def test_the_environment_gives_the_secret_without_touching_the_file(tmp_path: Path) -> None:
    assert load_or_create_secret(tmp_path / "secret.key", "from the environment") == b"from the environment"
    assert not (tmp_path / "secret.key").exists()


def test_a_secret_file_cut_short_stops_the_run_with_advice(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(b"short")
    with pytest.raises(PipelineError, match="内容不完整"):
        load_or_create_secret(tmp_path / "secret.key", None)


def test_a_finding_takes_its_words_and_severity_from_the_catalogue() -> None:
    found = make_finding("R004", sheet="月度报送", cells=["H9"], value="60 MB", expected="50 MB")
    assert (found.severity, found.cells) == ("refuse", ("H9",))
    assert "60 MB" in found.text
    assert "50 MB" in found.text
    with pytest.raises(KeyError):
        make_finding("X999")
