"""Settings: defaults, overrides, all faults at once, and an explaining comment for every key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from config.config_errors import ConfigError
from config.settings import Settings
from config.settings_file import ENVIRONMENT, load_settings
from config.toml_file import index_lines, read_toml

FILE = Path(load_settings.__code__.co_filename).with_name("settings.toml")
PROJECT = FILE.parent.parent


def changed(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = FILE.read_text("utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    path = tmp_path / "settings.toml"
    path.write_text(text, "utf-8")
    return path


def faults_of(path: Path, env: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_settings(path, env or {})
    return [str(fault) for fault in caught.value.faults]


def test_defaults_keep_everything_below_the_project_and_send_nothing() -> None:
    settings = load_settings(env={})
    assert settings.data == PROJECT / "data"
    assert settings.share == PROJECT / "data" / "share"
    assert settings.secret_file == PROJECT / "data" / "secret.key"
    assert settings.database_url == f"sqlite:///{PROJECT}/data/lianxi.db"
    assert (settings.mail.mode, settings.mail.allow, settings.secret) == ("dry-run", (), None)
    assert (settings.lights.yellow_points, settings.lights.red_points) == (10, 30)


def test_the_ladder_is_the_one_the_office_agreed() -> None:
    ladder = load_settings(env={}).ladder
    assert [(rung.name, rung.workdays) for rung in ladder] == [
        ("提醒", -3),
        ("提醒", 0),
        ("蓝", 1),
        ("黄", 3),
        ("红", 5),
    ]
    assert [rung.cc for rung in ladder] == [(), (), (), ("分管领导",), ("召集人",)]
    assert [rung.attach_form for rung in ladder] == [False, False, False, False, True]


def _rung(name: str, workdays: int, kind: str) -> str:
    return f'[[ladder]]\nname = "{name}"\nworkdays = {workdays}\nto = ["业务负责人"]\nkinds = ["{kind}"]\n'


def test_a_kind_named_in_a_rung_has_a_ladder_of_its_own_and_its_order_is_checked(tmp_path: Path) -> None:
    shipped = (PROJECT / "config" / "settings.toml").read_text(encoding="utf-8")
    head, lights = shipped.split("[lights]")
    path = tmp_path / "settings.toml"
    path.write_text(head + _rung("提醒", -10, "annual") + _rung("红", 2, "annual") + "[lights]" + lights, "utf-8")
    settings = load_settings(path, env={})
    assert [rung.workdays for rung in settings.ladder_for("annual")] == [-10, 2]
    assert [rung.workdays for rung in settings.ladder_for("roster")] == [-3, 0, 1, 3, 5]
    path.write_text(head + _rung("红", 2, "annual") + _rung("蓝", 1, "annual") + "[lights]" + lights, "utf-8")
    with pytest.raises(ConfigError, match="“蓝”（1）没有排在“红”（2）之后") as caught:
        load_settings(path, env={})
    assert len(caught.value.faults) == 1
    only_annual = head[: head.index("[[ladder]]")] + _rung("红", 2, "annual") + "[lights]" + lights
    path.write_text(only_annual, "utf-8")
    with pytest.raises(ConfigError, match="月度报送没有催报阶梯"):
        load_settings(path, env={})


def test_data_from_the_environment_moves_share_secret_and_database_too(tmp_path: Path) -> None:
    home = tmp_path / "数据 目录"
    settings = load_settings(env={"LIANXI_DATA": str(home)})
    assert (settings.share, settings.secret_file) == (home / "share", home / "secret.key")
    assert settings.database_url == f"sqlite:///{home}/lianxi.db"


ENV: dict[str, tuple[str, Any]] = {
    "LIANXI_DATA": ("/srv/d", Path("/srv/d")),
    "LIANXI_SHARE": ("/mnt/s", Path("/mnt/s")),
    "LIANXI_SHARE_USER": ("clerk", "clerk"),
    "LIANXI_SHARE_PASSWORD": ("hunter3", "hunter3"),
    "LIANXI_CONFIG": ("/etc/lianxi", Path("/etc/lianxi")),
    "LIANXI_DATABASE_URL": ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
    "LIANXI_PLAN": ("other-2024", "other-2024"),
    "LIANXI_SECRET": ("k" * 32, "k" * 32),
    "LIANXI_MAIL": ("send", "send"),
    "LIANXI_MAIL_ALLOW": ("a.invalid, b.invalid,", ("a.invalid", "b.invalid")),
    "LIANXI_SMTP_HOST": ("smtp.invalid", "smtp.invalid"),
    "LIANXI_SMTP_PORT": ("2525", 2525),
    "LIANXI_SMTP_USER": ("lianxi", "lianxi"),
    "LIANXI_SMTP_PASSWORD": ("p w", "p w"),
    "LIANXI_SMTP_SECURITY": ("starttls", "starttls"),
    "LIANXI_SMTP_CA_FILE": ("/etc/ca.pem", Path("/etc/ca.pem")),
    "LIANXI_FILES_URL": ("https://oa.invalid/files", "https://oa.invalid/files"),
    "LIANXI_PDF": ("false", False),
}


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_every_environment_variable_reaches_its_setting(name: str) -> None:
    value: Any = load_settings(env={key: text for key, (text, _) in ENV.items()})
    for part in ENVIRONMENT[name]:
        value = getattr(value, str(part))
    value = value.get_secret_value() if hasattr(value, "get_secret_value") else value
    assert value == ENV[name][1]


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load_settings(env=dict.fromkeys(ENVIRONMENT, "")) == load_settings(env={})


@pytest.mark.parametrize(("security", "port"), [("ssl", 465), ("starttls", 587), ("none", 25)])
def test_the_usual_port_follows_the_security(security: str, port: int) -> None:
    assert load_settings(env={"LIANXI_SMTP_SECURITY": security}).mail.port == port


def test_the_password_is_not_shown_when_settings_are_printed() -> None:
    given = {"LIANXI_SMTP_PASSWORD": "hunter2", "LIANXI_SMTP_USER": "u", "LIANXI_SHARE_PASSWORD": "hunter3"}
    settings = load_settings(env={**given, "LIANXI_SECRET": "hush"})
    assert "hunter3" not in repr(settings) and "hunter3" not in settings.model_dump_json()
    assert "hunter2" not in repr(settings) and "hush" not in repr(settings)
    assert "hunter2" not in settings.model_dump_json()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("due_day = 20", "due_day = 32"), ("due_day", "不大于 31")),
        (("due_day = 20", "due_day = 9"), ("发表日 10 日晚于截止日 9 日",)),
        (("due_day = 20", 'due_day = "二十"'), ("due_day", "请写整数")),
        (("due_day = 20", "due_dya = 20"), ("不认识的项“duties.due_dya”",)),
        (("red_points = 30", "red_points = 10"), ("red_points 大于 yellow_points",)),
        (("grace_workdays = 0", "grace_workdays = 8"), ("宽限期比关账还晚",)),
        (("\nworkdays = 3", "\nworkdays = 1"), ("没有排在“蓝”",)),
        (("\nworkdays = -3", "\nworkdays = 1"), ("提醒须不晚于截止日",)),
        (("kinds = []", 'kinds = ["weekly"]'), ("kinds",)),
        (('to = ["业务负责人"]', "to = []"), ("to",)),
        (('cc = ["分管领导"]', 'cc = ["县长"]'), ("县长", "分管领导")),
        (('timezone = "Asia/Shanghai"', 'timezone = "Asia/Peking"'), ("Asia/Peking", "Asia/Shanghai")),
        (('on_holiday = "next_workday"', 'on_holiday = "later"'), ("later", "previous_workday")),
        (("unpacked_bytes = 209715200", "unpacked_bytes = 1"), ("unpacked_bytes",)),
        (('mode = "dry-run"', 'mode = "dry-run"\npassword = "x"'), ("mail.password", "LIANXI_SMTP_PASSWORD")),
        (('data = "data"', 'data = "data"\nsecret = "x"'), ("secret", "LIANXI_SECRET")),
        (('data = "data"', "data = 7"), ("data",)),
    ],
)
def test_a_bad_value_is_refused_with_its_line_and_remedy(
    tmp_path: Path, change: tuple[str, str], words: tuple[str, ...]
) -> None:
    faults = faults_of(changed(tmp_path, change))
    assert any(all(word in fault for word in words) for fault in faults), faults
    assert all(fault.startswith("第") for fault in faults), faults


def test_all_faults_come_at_once_each_with_the_line_it_stands_on(tmp_path: Path) -> None:
    path = changed(tmp_path, ("due_day = 20", "due_day = 0"), ("rows = 5000", "rows = -1"), ("per_minute = 20", ""))
    with pytest.raises(ConfigError) as caught:
        load_settings(path, {"LIANXI_SMTP_PORT": "465x"})
    lines = path.read_text("utf-8").split("\n")
    shown = [lines[fault.line - 1] if fault.line else fault.what for fault in caught.value.faults]
    assert {"due_day = 0", "rows = -1", "[mail]"} <= set(shown) and len(shown) == 4
    assert any("LIANXI_SMTP_PORT" in fault.what for fault in caught.value.faults)
    assert "有 4 处需要修改" in str(caught.value)


@pytest.mark.parametrize(
    ("env", "word"),
    [
        ({"LIANXI_MAIL": "send", "LIANXI_MAIL_ALLOW": "*"}, "发信服务器"),
        ({"LIANXI_MAIL": "send", "LIANXI_SMTP_HOST": "h"}, "收件域名"),
        ({"LIANXI_MAIL": "send", "LIANXI_SMTP_HOST": "h", "LIANXI_MAIL_ALLOW": "*", "LIANXI_SMTP_USER": "u"}, "口令"),
        ({"LIANXI_SMTP_PASSWORD": "p"}, "用户名"),
        ({"LIANXI_SMTP_PASSWORD": "p", "LIANXI_SMTP_USER": "u", "LIANXI_SMTP_SECURITY": "none"}, "不加密"),
        ({"LIANXI_MAIL": "yes"}, "环境变量 LIANXI_MAIL"),
        ({"LIANXI_PLAN": "../../etc/passwd"}, "环境变量 LIANXI_PLAN"),
    ],
)
def test_an_unsafe_or_impossible_environment_is_refused(env: dict[str, str], word: str) -> None:
    [fault] = faults_of(FILE, env)
    assert word in fault


def _fields(model: type[BaseModel], place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        inner = [
            each for each in (field.annotation, *getattr(field.annotation, "__args__", ())) if isinstance(each, type)
        ]
        nested = [each for each in inner if issubclass(each, BaseModel)]
        if nested:
            yield from _fields(nested[0], (*place, name))
        else:
            yield (*place, name)


def test_the_file_and_the_model_have_the_same_keys() -> None:
    lines = read_toml(FILE).lines
    keys = {tuple(part for part in place if isinstance(part, str)) for place in lines if isinstance(place[-1], str)}
    leaves = {key for key in keys if not any(other[: len(key)] == key and other != key for other in keys)}
    only_from_outside = {("secret",), ("mail", "password"), ("share_user",), ("share_password",), ("share_url",)}
    assert leaves | only_from_outside == set(_fields(Settings))


def test_every_key_has_a_comment_in_chinese_and_english_above_it() -> None:
    text = FILE.read_text("utf-8").split("\n")
    for place, line in index_lines("\n".join(text)).items():
        if not isinstance(place[-1], str) or text[line - 1].startswith("["):
            continue
        above = []
        for earlier in reversed(text[: line - 1]):
            if not earlier.startswith("#"):
                break
            above.append(earlier)
        comment = "".join(above)
        assert re.search(r"[一-龥]{2,}", comment) and re.search(r"[A-Za-z]{3,} [a-z]+", comment), (place, comment)
