"""The letter templates: the shipped ones are valid, a broken one is refused with its file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from config.config_errors import ConfigError
from config.paths import PROJECT
from tasks.mail.letter_templates import SAMPLES, load_templates

SHIPPED = PROJECT / "config" / "templates" / "mail"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED, tmp_path / "mail")
    return tmp_path / "mail"


def blue(**blocks: str) -> str:
    written = {"subject": "主题", "title": "标题", "reason": "事由", "demand": "要求", **blocks}
    return "\n".join(f"{{% block {name} %}}{text}{{% endblock %}}" for name, text in written.items())


def test_the_shipped_templates_are_sound_and_every_letter_has_one() -> None:
    load_templates()
    letters = {path.name.removesuffix(".j2") for path in SHIPPED.glob("*.j2")}
    assert letters == {*SAMPLES, "letter", "layout.txt", "layout.html"}


def test_every_name_a_template_may_use_is_explained_to_the_office() -> None:
    guide = (SHIPPED / "模板说明.txt").read_text(encoding="utf-8")
    assert [name for sample in SAMPLES.values() for name in sample if name not in guide] == []
    assert [form for form in SAMPLES if f"{form}.j2" not in guide] == []


def test_what_an_office_writes_appears_in_the_letter(folder: Path) -> None:
    (folder / "blue.j2").write_text(blue(reason="{{ unit }}的报表\n\n　请尽快。", contact="找老王"), encoding="utf-8")
    words = load_templates(folder).render_blocks("blue", SAMPLES["blue"])
    assert words["reason"] == "县某局的报表\n\n　请尽快。"
    assert words["contact"] == "找老王"
    assert words["salutation"] == "县某局："


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (blue(reason="{{ unit "), 3, "写法有误"),
        (blue() + "\n{% if x %}", 5, "写法有误"),
        (blue(demand="{{ unitt }}"), 4, "没有“unitt”这个名称"),
        (blue(demand="{% if False %}{{ unitt }}{% endif %}"), 4, "没有“unitt”这个名称"),
        (blue(title="{{ unit.nothing }}"), 2, "无法生成信件"),
        (blue(title="\n\n{{ 1 / 0 }}"), 4, "无法生成信件"),
        (blue(title="{{ unit|nosuchfilter }}"), 2, "写法有误"),
        (blue(title="{{ ''.__class__.__mro__ }}"), 2, "无法生成信件"),
        (blue(demand="{% if not attached %}{{ unit.nothing }}{% endif %}"), 4, "无法生成信件"),
        (blue(title="{# 没有字 #} "), 2, "“title”这一段是空的"),
        (blue(topic="x"), 5, "没有“topic”这样的段"),
        (blue() + "\n这一句写在外面", 5, "写在了各段之外"),
        ("{% block subject %}x{% endblock %}", None, "缺少“demand”这一段"),
    ],
)
def test_a_broken_template_is_refused_with_its_line(folder: Path, text: str, line: int | None, words: str) -> None:
    (folder / "blue.j2").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_templates(folder)
    assert refused.value.path == folder / "blue.j2"
    assert refused.value.faults[0].line == line
    assert words in str(refused.value)


def test_a_slip_in_a_branch_that_few_letters_take_is_found_at_the_start(folder: Path) -> None:
    receipt = folder / "receipt.j2"
    text = receipt.read_text(encoding="utf-8").replace("此前就本事项", "{{ headline.no.such }}此前就本事项")
    receipt.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_templates(folder)
    [fault] = refused.value.faults
    assert fault.line == 1 + text[: text.index("此前就本事项")].count("\n")


def test_a_fault_in_a_layout_is_found_too(folder: Path) -> None:
    layout = folder / "layout.html.j2"
    lines = layout.read_text(encoding="utf-8").splitlines()
    layout.write_text("\n".join([*lines, "{{ matters[0].nothing.more }}"]), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_templates(folder)
    assert (refused.value.path, refused.value.faults[0].line) == (layout, len(lines) + 1)


def test_the_faults_of_all_templates_are_reported_together(folder: Path) -> None:
    (folder / "blue.j2").write_text(blue(demand="{{ a }}{{ b }}"), encoding="utf-8")
    (folder / "red.j2").unlink()
    (folder / "issue.j2").write_bytes("{% block subject %}通知".encode("gbk"))
    with pytest.raises(ConfigError) as refused:
        load_templates(folder)
    assert refused.value.path == folder
    files = [str(fault).partition("：")[0] for fault in refused.value.faults]
    assert files == ["blue.j2", "blue.j2", "red.j2", "issue.j2"]
