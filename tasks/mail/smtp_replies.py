"""What a mail server's answer means for the letter: sent, failed, refused or uncertain, with the server's own words.

Belongs here: the reading of answers and errors, as a pure function. Errors are told apart by what they carry (a code,
a table of recipients), because the library that raises them is not ours to import.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping

from tasks.mail.addresses import header_line
from tasks.mail.smtp_client import Stage
from tasks.model.letter import LetterOutcome

Refused = Mapping[str, tuple[int, bytes]]

_WORDS_MAX = 200
# "Log in first", "wrong password", "too weak": the office's settings are at fault, never the letter.
_LOGIN_CODES = frozenset({454, 530, 534, 535, 538})
# "No such mailbox" in the words of RFC 5321; and of RFC 3463, where the server says more: 5.1.x is the address, 5.2.1 a
# mailbox that takes no mail. A full mailbox (5.2.2) or a rule against the sender (5.7.x) does not make it dead.
_DEAD_CODES = frozenset({550, 551, 553})
_DEAD_STATUS = ("5.1.", "5.2.1")


def of_result(result: object) -> LetterOutcome:
    """What `send()` returned: False after dropped lines, else the table of recipients the server refused."""
    if result is False:
        return LetterOutcome("uncertain", "连接多次中断，信件可能已送达；将以同一信件编号重发")
    if isinstance(result, dict) and result:
        again = tuple(sorted(address for address, (code, _) in result.items() if code < 500))
        answer = f"已送达其余收件人；被拒收：{_refusals(result)}"
        return LetterOutcome("uncertain" if again else "sent", answer, "partly", _dead(result), again)
    return LetterOutcome("sent", "服务器已接收")


def of_error(error: Exception, stage: Stage) -> LetterOutcome:
    """What an error means, given how far the letter had come."""
    if stage == "connect":
        return LetterOutcome("failed", _no_line(error), "login_refused" if _is_login_refused(error) else None)
    recipients = getattr(error, "recipients", None)
    if isinstance(recipients, dict):
        for_good = all(code >= 500 for code, _ in recipients.values())
        words = f"收件人全部被拒收：{_refusals(recipients)}"
        return LetterOutcome("refused" if for_good else "failed", words, dead=_dead(recipients))
    code = getattr(error, "smtp_code", None)
    if isinstance(code, int) and code > 0:
        answer = f"服务器答复 {code}：{_words(getattr(error, 'smtp_error', b''))}"
        return LetterOutcome("failed" if code < 500 or code in _LOGIN_CODES else "refused", answer)
    if isinstance(error, OSError):
        if stage == "data":
            return LetterOutcome("uncertain", "信件传送中连接中断，可能已送达；将以同一信件编号重发")
        return LetterOutcome("failed", "连接中断，信件未送达")
    return LetterOutcome("refused", f"信件无法寄出：{_words(str(error))}")


def _dead(refused: Refused) -> tuple[str, ...]:
    return tuple(sorted(address for address, (code, words) in refused.items() if _is_dead(code, _words(words))))


def _is_dead(code: int, words: str) -> bool:
    status = re.match(r"\d\.\d{1,3}\.\d{1,3}", words)
    return code in _DEAD_CODES and (status is None or status[0].startswith(_DEAD_STATUS))


def _is_login_refused(error: Exception) -> bool:
    return getattr(error, "smtp_code", None) in _LOGIN_CODES and not isinstance(error, ssl.SSLCertVerificationError)


def _no_line(error: Exception) -> str:
    """Why no usable line could be had. Nothing of the letter has left the house."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, ssl.SSLCertVerificationError):
        words = _words(error.verify_message)
        return f"邮件服务器的证书不可信（{words}），未发出。请核对服务器名称或 LIANXI_SMTP_CA_FILE"
    if _is_login_refused(error):
        return f"邮件账号登录失败，未发出。服务器答复 {code}：{_words(getattr(error, 'smtp_error', b''))}"
    if isinstance(code, int) and code > 0:
        return f"邮件服务器暂不可用，未发出。服务器答复 {code}：{_words(getattr(error, 'smtp_error', b''))}"
    return f"无法与邮件服务器建立安全连接，未发出：{_words(str(error))}"


def _refusals(refused: Refused) -> str:
    return "；".join(f"{address}（{code} {_words(words)}）" for address, (code, words) in sorted(refused.items()))


def _words(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return header_line(text)[:_WORDS_MAX]
