"""The styles of the brief's Word template, as a table.

Belongs here: each style's name, font, size and spacing as shipped. An office changes them in WPS, in the template itself.
Does not belong here: the page and the package (`build_template`), the text (`word`).
"""

from __future__ import annotations

from dataclasses import dataclass

# 22 lines of 28.95 pt fill 225 mm. 28 characters of 16 pt need 448 pt and the line has 442.2 pt, so characters are scaled
# to 98 % of their width. The style scales them because LibreOffice cannot narrow a character grid, and with reduced
# character spacing it loses the punctuation mark that hangs at the end of a full line.
LINE_PITCH_TWIPS = 579
CHAR_WIDTH_PCT = 98

FANG, HEI, KAI, SONG, TITLE = "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体", "方正小标宋简体"
LATIN = "Times New Roman"
RED = "FF0000"


@dataclass(frozen=True, slots=True)
class Style:
    """One paragraph style: sizes in points, `line` the exact line pitch in twips (0: single), indents in characters."""

    id: str
    name: str
    font: str
    size_pt: float
    align: str = "both"
    line: int = LINE_PITCH_TWIPS
    first_chars: int = 0
    left_chars: int = 0
    right_chars: int = 0
    before: int = 0
    after: int = 0
    outline: int | None = None
    keep_next: bool = False
    color: str = ""
    bold: bool = False
    grid: bool = True
    page_break: bool = False
    latin: str = LATIN
    border: str = ""
    tabs: str = ""


_DATE_TAB = '<w:tabs><w:tab w:val="right" w:pos="8520"/></w:tabs>'
_RULE = '<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="4" w:color="FF0000"/></w:pBdr>'

STYLES: tuple[Style, ...] = (
    Style("Normal", "Normal", FANG, 16, first_chars=2),
    Style("Heading1", "heading 1", HEI, 16, first_chars=2, outline=0, keep_next=True),
    Style("Heading2", "heading 2", KAI, 16, first_chars=2, outline=1, keep_next=True),
    Style("Masthead", "简报名称", TITLE, 40, "center", line=1158, color=RED, grid=False),
    Style("IssueNo", "简报期号", FANG, 16, "center"),
    Style("IssueLine", "简报编发行", FANG, 16, "left", first_chars=1, border=_RULE, tabs=_DATE_TAB),
    Style("BriefTitle", "简报标题", TITLE, 22, "center", line=640, before=579, after=579, grid=False),
    Style("Note", "表注", FANG, 10.5, "both", line=320, before=60, after=120, grid=False),
    Style("Caption", "表题", HEI, 12, "center", latin=HEI, line=420, before=160, after=60, keep_next=True, grid=False),
    Style("TableHead", "表头", HEI, 10.5, "center", latin=HEI, line=300, grid=False),
    Style("TableText", "表文", FANG, 10.5, "center", line=300, grid=False),
    Style("ChartText", "图文", FANG, 9, "left", line=220, grid=False),
    Style("AttachmentNote", "附件说明", FANG, 16, "left", first_chars=2),
    Style("AttachmentMark", "附件标识", HEI, 16, "left", latin=HEI, page_break=True, keep_next=True, outline=0),
    Style("AttachmentTitle", "附件标题", TITLE, 22, "center", 640, before=200, after=300, keep_next=True, grid=False),
    Style("Imprint", "版记", FANG, 14, "left", line=500, left_chars=1, right_chars=1, grid=False),
    # Hanging indent as wide as 报：, so that a second line starts below the first name.
    Style("ImprintList", "版记名单", FANG, 14, "left", 500, left_chars=3, right_chars=1, first_chars=-2, grid=False),
    Style("FooterOdd", "页码单页", SONG, 14, "right", line=0, right_chars=1, grid=False),
    Style("FooterEven", "页码双页", SONG, 14, "left", line=0, left_chars=1, grid=False),
)

# Character and table styles: id -> name.
OTHER_STYLES = {"RunIn": "段首标题", "TableNormal": "Normal Table", "BriefTable": "简报表格"}

_FRAME = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:docDefaults><w:rPrDefault><w:rPr>{body_fonts}<w:sz w:val="32"/><w:szCs w:val="32"/>
<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>
{paragraphs}
<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">
<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>
<w:style w:type="character" w:customStyle="1" w:styleId="RunIn">
<w:name w:val="段首标题"/><w:rPr>{run_in_fonts}</w:rPr></w:style>
<w:style w:type="table" w:default="1" w:styleId="TableNormal">
<w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/>
<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>
<w:left w:w="45" w:type="dxa"/><w:right w:w="45" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>
<w:style w:type="table" w:customStyle="1" w:styleId="BriefTable">
<w:name w:val="简报表格"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{borders}</w:tblBorders>
<w:tblCellMar><w:top w:w="28" w:type="dxa"/><w:left w:w="57" w:type="dxa"/>
<w:bottom w:w="28" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>
</w:styles>"""
_BORDERS = (("top", 8), ("left", 8), ("bottom", 8), ("right", 8), ("insideH", 4), ("insideV", 4))


def styles_xml() -> str:
    """The content of styles.xml: defaults, paragraph styles, the character style of run-in headings, table styles."""
    return _FRAME.format(
        body_fonts=_fonts(FANG),
        paragraphs="".join(_style(style) for style in STYLES),
        run_in_fonts=_fonts(KAI),
        borders="".join(_border(side, size) for side, size in _BORDERS),
    )


def _border(side: str, size: int) -> str:
    return f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'


def _fonts(name: str, latin: str = LATIN) -> str:
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{name}" w:cs="{LATIN}"/>'


def _style(style: Style) -> str:
    """One paragraph style; all but Normal are based on Normal and state every indent, so none is inherited."""
    default = ' w:default="1"' if style.id == "Normal" else ""
    custom = "" if style.id in ("Normal", "Heading1", "Heading2") else ' w:customStyle="1"'
    based = "" if style.id == "Normal" else '<w:basedOn w:val="Normal"/>'
    return (
        f'<w:style w:type="paragraph"{default}{custom} w:styleId="{style.id}"><w:name w:val="{style.name}"/>{based}'
        f"<w:qFormat/><w:pPr>{_paragraph(style)}</w:pPr><w:rPr>{_run(style)}</w:rPr></w:style>"
    )


def _paragraph(style: Style) -> str:
    # In the order of the schema: WPS drops elements that are out of order.
    unit = round(style.size_pt * 20)
    first = "hanging" if style.first_chars < 0 else "firstLine"
    line = f' w:line="{style.line}" w:lineRule="exact"' if style.line else ' w:line="240" w:lineRule="auto"'
    return (
        ("<w:keepNext/>" if style.keep_next else "")
        + ("<w:pageBreakBefore/>" if style.page_break else "")
        + '<w:widowControl w:val="0"/>'
        + style.border
        + style.tabs
        + '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        + ("" if style.grid else '<w:snapToGrid w:val="0"/>')
        + f'<w:spacing w:before="{style.before}" w:after="{style.after}"{line}/>'
        + f'<w:ind w:leftChars="{style.left_chars * 100}" w:left="{style.left_chars * unit}"'
        + f' w:rightChars="{style.right_chars * 100}" w:right="{style.right_chars * unit}"'
        + f' w:{first}Chars="{abs(style.first_chars) * 100}" w:{first}="{abs(style.first_chars) * unit}"/>'
        + f'<w:jc w:val="{style.align}"/>'
        + (f'<w:outlineLvl w:val="{style.outline}"/>' if style.outline is not None else "")
    )


def _run(style: Style) -> str:
    size = round(style.size_pt * 2)
    return (
        _fonts(style.font, style.latin)
        + ("<w:b/>" if style.bold else "")
        + ("" if style.grid else '<w:snapToGrid w:val="0"/>')
        + (f'<w:color w:val="{style.color}"/>' if style.color else "")
        + f'<w:w w:val="{CHAR_WIDTH_PCT if style.size_pt == 16 else 100}"/>'
        + f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    )
