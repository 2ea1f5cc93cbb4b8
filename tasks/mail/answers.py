"""What a mail server's answer means for the letter: sent, retry, permanent or uncertain, with the server's own words.

Belongs here: the reading of answers and errors, as a pure function. Errors are told apart by what they carry (a code,
a table of recipients), because the library that raises them is not ours to import.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Literal

from tasks.mail.addresses import one_line
from tasks.mail.wire import Stage

Outcome = Literal["sent", "retry", "permanent", "uncertain"]
Refused = Mapping[str, tuple[int, bytes]]

_WORDS_MAX = 200
# "Log in first", "wrong password", "too weak": the office's settings are at fault, never the letter.
_LOGIN_CODES = frozenset({454, 530, 534, 535, 538})


def of_result(result: object) -> tuple[Outcome, str]:
    """What `send()` returned: False after dropped lines, else the table of recipients the server refused."""
    if result is False:
        return "uncertain", "连接多次中断，信件可能已送达；将以同一信件编号重发"
    if isinstance(result, dict) and result:
        return "sent", f"已送达其余收件人；被拒收：{_refusals(result)}"
    return "sent", "服务器已接收"


def of_error(error: Exception, stage: Stage) -> tuple[Outcome, str]:
    """What an error means, given how far the letter had come."""
    if stage == "connect":
        return "retry", _no_line(error)
    recipients = getattr(error, "recipients", None)
    if isinstance(recipients, dict):
        for_good = all(code >= 500 for code, _ in recipients.values())
        return ("permanent" if for_good else "retry"), f"收件人全部被拒收：{_refusals(recipients)}"
    code = getattr(error, "smtp_code", None)
    if isinstance(code, int) and code > 0:
        answer = f"服务器答复 {code}：{_words(getattr(error, 'smtp_error', b''))}"
        return ("retry" if code < 500 or code in _LOGIN_CODES else "permanent"), answer
    if isinstance(error, OSError):
        if stage == "data":
            return "uncertain", "信件传送中连接中断，可能已送达；将以同一信件编号重发"
        return "retry", "连接中断，信件未送达"
    return "permanent", f"信件无法寄出：{_words(str(error))}"


def _no_line(error: Exception) -> str:
    """Why no usable line could be had. Nothing of the letter has left the house."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, ssl.SSLCertVerificationError):
        words = _words(error.verify_message)
        return f"邮件服务器的证书不可信（{words}），未发出。请核对服务器名称或 LIANXI_SMTP_CA_FILE"
    if isinstance(code, int) and code in _LOGIN_CODES:
        return f"邮件账号登录失败，未发出。服务器答复 {code}：{_words(getattr(error, 'smtp_error', b''))}"
    if isinstance(code, int) and code > 0:
        return f"邮件服务器暂不可用，未发出。服务器答复 {code}：{_words(getattr(error, 'smtp_error', b''))}"
    return f"无法与邮件服务器建立安全连接，未发出：{_words(str(error))}"


def _refusals(refused: Refused) -> str:
    return "；".join(f"{address}（{code} {_words(words)}）" for address, (code, words) in sorted(refused.items()))


def _words(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return one_line(text)[:_WORDS_MAX]
