"""The drop-downs of the forms in the UI, and text that they refuse, such as paths out of the data folder."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.alarms import load_alarms
from config.config_errors import ConfigError
from config.paths import PROJECT
from config.settings_file import load_settings
from flows.server.automations import automation_for
from flows.server.processes import only_one_server
from flows.server.provision import TYPED
from flows.steps.documents import in_inbox
from flows.ui.choices import choices, with_choices
from flows.ui.links import artifact_key, artifact_link, escaped_markdown, file_link, files_base_url
from tasks.errors import InputError


def test_choices_are_the_configurations_own() -> None:
    offered = choices(load_settings(env={}))
    assert offered["plan"][0] == "yanqi-2023"
    assert offered["period"] == ["2023-09", "2023-10", "2023-11", "2023-12", "2023"]
    assert "县财政局" in offered["unit"]
    assert "各乡镇人民政府" not in offered["unit"]
    assert offered["county"] == ["yanqi"]


def test_a_form_offers_lists_and_never_asks_for_nothing() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            "unit": {"title": "单位", "position": 0, "type": "string"},
            "plan": {"title": "方案", "anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
            "until": {
                "title": "延期至",
                "anyOf": [{"type": "string", "format": "date"}, {"type": "null"}],
                "default": None,
            },
            "count": {"title": "期号", "type": "integer", "default": 0},
        },
        "required": ["unit"],
    }
    form = with_choices(schema, {"unit": ["甲", "乙"], "plan": ["p"]}, leave=("plan",))
    assert form["properties"] == {
        "unit": {"title": "单位", "position": 0, "type": "string", "enum": ["甲", "乙"]},
        "plan": {"title": "方案", "type": "string"},
        "until": {"title": "延期至", "type": "string", "format": "date"},
        "count": {"title": "期号", "type": "integer", "default": 0},
    }
    assert form["required"] == ["unit"]
    assert schema["properties"]["plan"]["default"] is None
    assert with_choices(form, {"unit": ["甲", "乙"], "plan": ["p"]}, leave=("plan",)) == form


def test_every_form_speaks_chinese_and_offers_a_list_wherever_there_is_one_to_choose_from() -> None:
    offered = choices(load_settings(env={}))
    lists = {*offered, "kind", "decision", "who"}
    seen = set()
    for deployment in yaml.safe_load((PROJECT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]:
        path, _, name = deployment["entrypoint"].partition(":")
        schema = getattr(import_module(path.removesuffix(".py").replace("/", ".")), name).parameters.model_dump()
        left = TYPED.get(deployment["name"], ())
        for parameter, field in with_choices(schema, offered, left)["properties"].items():
            about = (deployment["name"], parameter)
            assert all(re.search(r"[\u4e00-\u9fff]", field[words]) for words in ("title", "description")), about
            assert bool(field.get("enum")) == (parameter in lists and parameter not in left), about
            assert "anyOf" not in field, about
            seen.add(parameter)
    assert lists <= seen


@pytest.mark.parametrize(
    "name",
    [
        "../secret.key",
        "/etc/passwd",
        "secret.key",
        "出去.txt",
        "下级/文件.txt",
        "下级",
        "",
        ".",
        "..",
        "a\0b",
        "x" * 5000,
        "~/x",
    ],
)
def test_a_form_can_name_a_document_in_the_inbox_and_nothing_else(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.key").write_text("secret")
    (tmp_path / "inbox/下级").mkdir(parents=True)
    (tmp_path / "inbox/下级/文件.txt").write_text("x")
    (tmp_path / "inbox/出去.txt").symlink_to(tmp_path / "secret.key")
    (tmp_path / "inbox/方案.txt").write_text("x")
    with pytest.raises(InputError, match="inbox"):
        in_inbox(name, tmp_path)
    assert in_inbox("方案.txt", tmp_path) == (tmp_path / "inbox/方案.txt").resolve()


def test_words_of_others_do_not_become_markup_or_break_out_of_a_link() -> None:
    link = file_link("http://h", "returned/县局/](javascript:x) <b>|.xlsx", "a](b) <i>|")
    assert link.startswith("[a\\](b) &lt;i>\\|](http://h/returned/")
    assert "(javascript" not in link
    assert " " not in link[link.index("](http") + 2 :]
    assert file_link("http://h", "secret.key") == "`secret.key`"
    assert file_link("http://h", "supervision/x.docx") == "`supervision/x.docx`"
    assert artifact_link(artifact_key("matrix", "P-1", "2023-10"), "表") == "[表](/artifacts/key/matrix-p-1-2023-10)"
    assert escaped_markdown("a\nb") == "a b"
    assert files_base_url(load_settings(env={})) == "http://127.0.0.1:4201"
    assert files_base_url(load_settings(env={"LIANXI_FILES_URL": "https://oa.invalid/f/"})) == "https://oa.invalid/f"


def test_every_alarm_watches_flows_there_are_and_says_what_to_do() -> None:
    from uuid import uuid4

    deployed = (PROJECT / "prefect.yaml").read_text(encoding="utf-8")
    alarms = load_alarms()
    assert {alarm.cause for alarm in alarms} >= {"failed", "intake-missing", "stuck", "share", "mail"}
    for alarm in alarms:
        assert all(f"name: {flow}\n" in deployed for flow in alarm.flows)
        # An alarm about the alarms would never end.
        assert "报警" not in alarm.flows
        assert alarm.flows or not any(event.startswith("prefect.") for event in alarm.on)
        made = automation_for(alarm, uuid4())
        trigger = made.trigger.model_dump()
        assert (trigger["posture"] == "Proactive") == bool(alarm.within_minutes)
        assert made.actions[0].parameters["cause"] == alarm.cause  # type: ignore[union-attr]


def test_every_fault_of_the_alarms_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "alarms.toml"
    path.write_text(
        '[a]\ntitle = ""\nsteps = ["x"]\non = ["e"]\n\n[b]\ntitle = "t"\nsteps = []\non = ["e"]\nafter = ["f"]\n'
    )
    with pytest.raises(ConfigError) as caught:
        load_alarms(path)
    told = [str(fault) for fault in caught.value.faults]
    assert len(told) == 2
    assert "a.title" in told[0]
    assert "b.steps" in told[1]


def test_only_one_holds_the_lock_and_the_next_has_it_after(tmp_path: Path) -> None:
    path = tmp_path / "prefect/up.lock"
    with only_one_server(path) as first, only_one_server(path) as second:
        assert (first, second) == (True, False)
    with only_one_server(path) as again:
        assert again
