"""The letter templates (config/templates/mail): read, checked and rendered once with samples before any letter is built.

Belongs here: jinja2, rendering, and the errors in templates. Does not belong here: the values (`letter_builder`).
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    meta,
    nodes,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from config.config_errors import ConfigError, ConfigFault
from config.paths import TEMPLATES

_ROOT = TEMPLATES / "mail"
_BLOCKS = ("subject", "title", "salutation", "reason", "demand", "contact")
_SHARED = "letter.j2"
_LAYOUTS = ("layout.txt.j2", "layout.html.j2")
_COMMON = {
    "unit": "县某局",
    "day": "2023年10月23日",
    "office": "联席会议办公室",
    "meeting": "联席会议",
    "phone": "0000-0000000",
    "document_title": "某方案",
    "document_no": "某政办发〔2023〕1号",
    "attached": ["填报表.xlsx"],
    "headline": "2023年10月月度报送已逾期1个工作日",
}
_DUTY = {"papers": "报表", "can_be_nil": True}
_FILE = {"file_name": "填报表.xlsx", "received": "10月20日", "version": 1, "finding_count": 2, "correct_by": "10月25日"}

# The names that each template may use, with a value for the trial rendering.
SAMPLES: Mapping[str, Mapping[str, Any]] = {
    "remind": {**_COMMON, **_DUTY, "handed_in": "填好的报表"},
    "blue": {**_COMMON, **_DUTY, "handed_in": "填好的报表"},
    "yellow": {**_COMMON, **_DUTY, "handed_in": "填好的报表"},
    "red": {**_COMMON, **_DUTY, "handed_in": "填好的报表"},
    "issue": {**_COMMON, **_DUTY},
    "returned": {**_COMMON, **_DUTY, **_FILE, "in_force": 0, "refused": False},
    "queried": {**_COMMON, **_DUTY, **_FILE, "in_force": 0},
    "receipt": {**_COMMON, **_DUTY, **_FILE, "nil": False, "closed": False},
    "brief": {**_COMMON, "brief_name": "简报", "issue_no": 1, "period": "2023年10月"},
    "digest": {
        **_COMMON,
        "expected_count": 17,
        "accepted_count": 15,
        "late_count": 2,
        "call_count": 1,
        "letter_count": 2,
    },
    "extension": {**_COMMON, "granted": True, "until": "2023年10月25日", "reason_text": "数据尚待核实"},
    "alarm": _COMMON,
}
_PAGE = {
    **{name: _COMMON[name] for name in ("day", "office", "phone", "attached")},
    "subject": "主题",
    "title": "标题",
    "salutation": "县某局：",
    "contact": "联系人",
    "tone": "蓝",
    "rung_name": "蓝色",
    "reason": ["事由"],
    "demand": ["要求"],
    "matters": [{"title": "月度报送", "due": "10月20日", "state": "未报", "measures": "措施1", "missing": ["缺第1项"]}],
    "sections": [{"heading": "一、名单", "lines": ["县某局"]}],
}


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates in use. Build with `load_templates`, which refuses broken ones."""

    environment: ImmutableSandboxedEnvironment

    def render_blocks(self, form: str, values: Mapping[str, Any]) -> dict[str, str]:
        """Each block of one letter's template as plain text; what it leaves out is taken from letter.j2."""
        blocks: dict[str, str] = {}
        for name in (_SHARED, f"{form}.j2"):
            template = self.environment.get_template(name)
            context = template.new_context(dict(values))
            try:
                blocks |= {block: "".join(write(context)).strip() for block, write in template.blocks.items()}
            except Exception:
                # Raises again with the template's own file and line, as jinja2 does for whole templates.
                self.environment.handle_exception()
        return blocks

    def render_page(self, layout: str, values: Mapping[str, Any]) -> str:
        """The whole letter in one layout, `layout.txt.j2` or `layout.html.j2`."""
        return self.environment.get_template(layout).render(values).strip() + "\n"


def load_templates(root: Path | None = None) -> Templates:
    """Read and check all templates in `root`. Raises ConfigError with the file and line of each fault."""
    folder = root or _ROOT
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates = Templates(environment)
    # Rendered only if they parse, so that no fault is reported twice.
    if faults := list(_template_faults(templates)) or list(_render_faults(templates)):
        files = {name for name, _ in faults}
        path = folder / files.pop() if len(files) == 1 else folder
        named = [fault if path != folder else ConfigFault(None, f"{name}：{fault}", "") for name, fault in faults]
        raise ConfigError(path, named)
    return templates


def _template_faults(templates: Templates) -> Iterator[tuple[str, ConfigFault]]:
    environment = templates.environment
    yield from _faults_of(environment, _SHARED, set(_COMMON), {"salutation", "contact"})
    for form, sample in SAMPLES.items():
        yield from _faults_of(environment, f"{form}.j2", set(sample), {"subject", "title", "reason", "demand"})
    for layout in _LAYOUTS:
        yield from _faults_of(environment, layout, set(_PAGE), set())


def _render_faults(templates: Templates) -> Iterator[tuple[str, ConfigFault]]:
    for form, sample in SAMPLES.items():
        # A set: a fault that several variants meet is reported once.
        found = {
            each
            for values in _variants(sample)
            for each in _render_fault(f"{form}.j2", partial(templates.render_blocks, form, values))
        }
        yield from sorted(found, key=lambda each: (each[0], each[1].line or 0))
    for layout in _LAYOUTS:
        yield from _render_fault(layout, partial(templates.render_page, layout, _PAGE))


def _variants(sample: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The sample, and a copy for each optional value with that value reversed: no file, no telephone, yes for no."""
    yield sample
    for name, value in sample.items():
        if isinstance(value, bool) or name in ("attached", "phone", "in_force"):
            yield {**sample, name: not value if isinstance(value, bool) else type(value)() if value else 1}


def _faults_of(
    environment: ImmutableSandboxedEnvironment, name: str, known: set[str], required: set[str]
) -> Iterator[tuple[str, ConfigFault]]:
    """The faults found without rendering: syntax, unknown names and blocks, text outside of blocks."""
    assert environment.loader is not None
    try:
        tree = environment.parse(environment.loader.get_source(environment, name)[0], name)
        used = meta.find_undeclared_variables(tree)
    except TemplateNotFound:
        yield name, ConfigFault(None, "缺少这个模板文件", "请从安装包中恢复")
        return
    except UnicodeDecodeError:
        yield name, ConfigFault(None, "文件不是 UTF-8 编码", "请用记事本另存为 UTF-8 编码")
        return
    except TemplateSyntaxError as error:
        yield name, ConfigFault(error.lineno, f"模板写法有误（{error.message}）", "请检查花括号和 block 是否成对")
        return
    for unknown in sorted(used - known):
        line = next((node.lineno for node in tree.find_all(nodes.Name) if node.name == unknown), None)
        yield name, ConfigFault(line, f"没有“{unknown}”这个名称", "可用的名称见“模板说明.txt”")
    if required:
        yield from ((name, fault) for fault in _block_faults(tree, required))


def _block_faults(tree: nodes.Template, required: set[str]) -> Iterator[ConfigFault]:
    blocks = {block.name: block.lineno for block in tree.find_all(nodes.Block)}
    for missing in sorted(required - set(blocks)):
        yield ConfigFault(None, f"缺少“{missing}”这一段", "请补上 {% block " + missing + " %}…{% endblock %}")
    for unknown in sorted(set(blocks) - set(_BLOCKS)):
        yield ConfigFault(blocks[unknown], f"没有“{unknown}”这样的段", f"只能是 {'、'.join(_BLOCKS)}")
    for block in tree.find_all(nodes.Block):
        if block.name in ("subject", "title") and not any(_is_shown(node) for node in block.find_all(nodes.Output)):
            yield ConfigFault(block.lineno, f"“{block.name}”这一段是空的", "主题和标题都要有文字")
    for node in tree.body:
        shown = [each for each in node.find_all(nodes.TemplateData) if each.data.strip()]
        if not isinstance(node, nodes.Block) and shown:
            what = f"“{shown[0].data.strip()[:12]}”写在了各段之外，不会出现在信里"
            yield ConfigFault(shown[0].lineno, what, "请移到某一段之内")


def _is_shown(output: nodes.Output) -> bool:
    return any(not isinstance(node, nodes.TemplateData) or node.data.strip() for node in output.nodes)


def _render_fault(name: str, render: Callable[[], object]) -> Iterator[tuple[str, ConfigFault]]:
    """The fault of a template that cannot be rendered, with the file and line from jinja2's traceback."""
    try:
        render()
    except (TemplateError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
        file = Path(frames[-1].filename).name if frames else name
        line = frames[-1].lineno if frames else None
        yield file, ConfigFault(line, f"模板无法生成信件（{error}）", "请对照“模板说明.txt”改正")
