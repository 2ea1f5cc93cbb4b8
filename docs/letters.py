"""Make `docs/letters.md` and its pictures: every letter as a phone shows it, and the 督办单 as printed.

Run by `make pictures` or `python -m docs.letters`; needs chromium and soffice on PATH. The letters come from
`tasks.mail.sample_letters`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from config.paths import PROJECT
from docs.rendering import office_to_pdf, pdf_to_png

PAGE = PROJECT / "docs" / "letters.md"
PICTURES = PROJECT / "docs" / "pictures" / "letters"
PERIOD, DAY = "2023-10", "2023-10-27T09:00"
# Widths in CSS pixels: a phone, and a mail client on a computer.
PHONE, COMPUTER = 390, 760
_COLOURS = 24
_HEAD = """# 各种信件的样子

<!-- 由 make pictures 生成，请勿手改。 -->

单位和事项取自随附的方案，收件地址、问题和附件都是样例。图为手机上看到的样子（宽 390 像素）；颜色之外都有文字，黑白打印也分得清级别。
措辞在 `config/templates/mail/` 里改（见其中的“模板说明.txt”），改完用 `lianxi letters 2023-10 --preview` 看全部信件，预览不发信。

每个单位每天早上至多一封信，有几件事就写几件，按其中最高的一级寄发。受理后立即停止；休息日一封不发，调休上班日照发。

*In English: every kind of letter as a telephone shows it. A unit gets at most one a morning, at the highest rung of what it
owes; none once it is accepted, none on a day off. The words are templates in `config/templates/mail/`.*

## 发信的规则

* 每封信先记入发件箱、定好编号（Message-ID），再交给邮件服务器，收到答复后结案。`lianxi letters 2023-10` 列出每封信的下落。
* 不会漏发，极少数情况下会重发：信传到一半断线，或者服务器已经收下、本机却在记下答复之前断电或被终止，都不能确定对方是否收到，
  稍后以同一编号再发一次。所以对方偶尔会收到两封相同的信（编号相同，不少邮件软件只显示一封），但不会收不到。
  宁可由人核实的，把 `when_uncertain` 改为 `ask`。
* 暂时的故障（服务器忙、连不上）过 10、30、60……分钟再试，72 小时仍不行的记为未送达，列入摘要；当天没能发出的催报信次日按新的情况重新研判。
* 邮箱不存在的，30 天内不再往那里发，改列电话名单。一封信有几个收件人、其中个别被拒收的，其余照发；
  只是暂时被拒收的，稍后单独补发给他，都写进摘要。
* 登录被拒时，一批信只试一次，其后 30 分钟内不再试，以免账号被锁；信都留着，口令改好后照发。
* 每分钟、每天的封数有上限，免打扰时段（20:00 至次日 8:00）不发信，发到一半到了时段也停下；催报信只在工作日发。
* 默认是演练（`dry-run`）：只在 `data/outbox` 写出 .eml 文件。演练写出的信不算已经发过：改为 `send` 后，应发的照发。
* 收件人只取自联系人名单和 `county.toml`；域名不在允许名单内的一封不发。
"""


def main() -> None:
    """Make the page and all its pictures."""
    from docs.pictures import browser

    letters = samples()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    with browser(PHONE, 400) as tab:
        for number, each in enumerate(letters, start=1):
            picture(tab, each.letter.html, PICTURES / f"{number:02}.png")
    red = next(each.letter for each in letters if each.letter.rung == "红")
    with browser(COMPUTER, 400) as tab:
        picture(tab, red.html, PICTURES / "desk-grey.png", grey=True)
    picture_form(PICTURES / "form.png")
    PAGE.write_text(markdown(letters), encoding="utf-8")


def samples() -> tuple[Any, ...]:
    """Every kind of letter of the first plan's October, in the order of `lianxi letters --preview`."""
    from flows.admin.letters import sample_letters_of

    return sample_letters_of(_context(), PERIOD)


def _context() -> Any:
    """The context of the shipped plan, without the caller's LIANXI_ settings; its data folder is temporary."""
    from flows.context import open_context

    with tempfile.TemporaryDirectory() as folder:
        before = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("LIANXI_")}
        os.environ["LIANXI_DATA"] = folder
        try:
            return open_context("yanqi-2023", DAY)
        finally:
            del os.environ["LIANXI_DATA"]
            os.environ |= before


def markdown(letters: Sequence[Any]) -> str:
    """The page: each letter with its occasion, subject, attachments and picture."""
    parts = [f"{_HEAD}\n"]
    for number, each in enumerate(letters, start=1):
        letter = each.letter
        parts.append(f"## {number}. {each.occasion}\n\n主题：{letter.subject}\n\n")
        if letter.attachments:
            parts.append(f"附件：{'、'.join(one.name for one in letter.attachments)}\n\n")
        alt = f"{letter.rung}信件"
        parts.append(f'<img src="pictures/letters/{number:02}.png" alt="{alt}" width="{PHONE}">\n\n')
        if letter.rung == "红":
            parts.append("同一封信在电脑上、黑白打印：\n\n")
            parts.append(f'<img src="pictures/letters/desk-grey.png" alt="黑白打印的督办信" width="{COMPUTER}">\n\n')
            parts.append("所附督办单（Word），承办单位填写办理情况后交回，报送受理后销号：\n\n")
            parts.append('<img src="pictures/letters/form.png" alt="督办单" width="560">\n\n')
    return "\n".join("".join(parts).splitlines()).replace("\n\n\n", "\n\n").strip() + "\n"


def picture(tab: Any, html: str, target: Path, *, grey: bool = False) -> None:
    """A picture of the whole letter in few colours, which keeps the file small and text sharp."""
    from PIL import Image

    tab.set_content(html)
    tab.screenshot(path=str(target), full_page=True)
    with Image.open(target) as image:
        shown = image.convert("L") if grey else image.convert("RGB")
    (shown if grey else shown.quantize(_COLOURS)).save(target, optimize=True)


def picture_form(target: Path) -> None:
    """A picture of the 督办单 as LibreOffice prints it."""
    from flows.admin.letters import sample_supervision_of
    from tasks.brief.writers.supervision_form import write_forms

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        [form] = write_forms([sample_supervision_of(_context(), PERIOD)], folder, folder)
        pdf_to_png(office_to_pdf(folder / form.path, folder), target, pages=(0,), dots_per_inch=60)


if __name__ == "__main__":
    main()
