"""The bill of materials from the lock file, and the audit of dependencies, also without network."""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from pathlib import Path

import pytest

from config.paths import PROJECT

needs_setup = pytest.mark.skipif(
    not (PROJECT / ".uv/bin/uv").exists(), reason="set up without `make setup`: no uv here"
)


@needs_setup
def test_the_bill_of_materials_names_every_package_the_product_needs(tmp_path: Path) -> None:
    told = tmp_path / "sbom.cdx.json"
    recipe = (PROJECT / "Makefile").read_text(encoding="utf-8").split("\nsbom:")[1].split("\n\n")[0]
    assert "--format cyclonedx1.5" in recipe and "dist/sbom.cdx.json" in recipe
    command = [
        PROJECT / ".uv/bin/uv",
        "export",
        "--frozen",
        "--offline",
        "--no-default-groups",
        "--format",
        "cyclonedx1.5",
        "--quiet",
    ]
    subprocess.run([*command, "--output-file", told], cwd=PROJECT, check=True, capture_output=True, timeout=60)
    bill = json.loads(told.read_text(encoding="utf-8"))
    listed = {component["name"]: component["version"] for component in bill["components"]}
    locked = {
        each["name"]: each.get("version") for each in tomllib.loads((PROJECT / "uv.lock").read_text("utf-8"))["package"]
    }
    for name in ("prefect", "pandas", "sqlalchemy", "great-expectations", "yagmail"):
        assert listed[name] == locked[name]
    assert "pytest" not in listed


@needs_setup
def test_an_audit_without_network_says_so_and_passes() -> None:
    away = {"https_proxy": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1"}
    done = subprocess.run([PROJECT / ".ci/audit"], env=os.environ | away, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "未检查" in done.stdout
