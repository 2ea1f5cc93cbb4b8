"""What a mail server's reply means for a letter: sent, failed, refused or uncertain, with the server's text.

Belongs here: pure functions over replies and errors. Errors are told apart by their attributes (a code, a table of
recipients), because the project does not import the library that raises them.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping

from tasks.mail.addresses import header_line
from tasks.mail.smtp_client import Stage
from tasks.model.letter import LetterOutcome

Refused = Mapping[str, tuple[int, bytes]]

_TEXT_MAX = 200
# Login required, password wrong, or method too weak: a fault of the settings, not of the letter.
_LOGIN_CODES = frozenset({454, 530, 534, 535, 538})
# No such mailbox by RFC 5321; where the server adds a status by RFC 3463, 5.1.x is the address and 5.2.1 a disabled
# mailbox. A full mailbox (5.2.2) or a policy against the sender (5.7.x) is not dead.
_DEAD_CODES = frozenset({550, 551, 553})
_DEAD_STATUS = ("5.1.", "5.2.1")


def reply_from_result(result: object) -> LetterOutcome:
    """Read what `send()` returned: False after dropped connections, else the table of refused recipients."""
    if result is False:
        return LetterOutcome("uncertain", "连接多次中断，信件可能已送达；将以同一信件编号重发")
    if isinstance(result, dict) and result:
        again = tuple(sorted(address for address, (code, _) in result.items() if code < 500))
        answer = f"已送达其余收件人；被拒收：{_refusals(result)}"
        return LetterOutcome("uncertain" if again else "sent", answer, "partly", _dead(result), again)
    return LetterOutcome("sent", "服务器已接收")


def reply_from_error(error: Exception, stage: Stage) -> LetterOutcome:
    """Read an error raised by `send()` or `login()`; `stage` tells how far the try had come."""
    if stage == "connect":
        return LetterOutcome(
            "failed", _connection_failure(error), "login_refused" if _is_login_refused(error) else None
        )
    recipients = getattr(error, "recipients", None)
    if isinstance(recipients, dict):
        permanent = all(code >= 500 for code, _ in recipients.values())
        words = f"收件人全部被拒收：{_refusals(recipients)}"
        return LetterOutcome("refused" if permanent else "failed", words, dead=_dead(recipients))
    code = getattr(error, "smtp_code", None)
    if isinstance(code, int) and code > 0:
        answer = f"服务器答复 {code}：{_text(getattr(error, 'smtp_error', b''))}"
        return LetterOutcome("failed" if code < 500 or code in _LOGIN_CODES else "refused", answer)
    if isinstance(error, OSError):
        if stage == "data":
            return LetterOutcome("uncertain", "信件传送中连接中断，可能已送达；将以同一信件编号重发")
        return LetterOutcome("failed", "连接中断，信件未送达")
    return LetterOutcome("refused", f"信件无法寄出：{_text(str(error))}")


def _dead(refused: Refused) -> tuple[str, ...]:
    return tuple(sorted(address for address, (code, text) in refused.items() if _is_dead(code, _text(text))))


def _is_dead(code: int, text: str) -> bool:
    status = re.match(r"\d\.\d{1,3}\.\d{1,3}", text)
    return code in _DEAD_CODES and (status is None or status[0].startswith(_DEAD_STATUS))


def _is_login_refused(error: Exception) -> bool:
    return getattr(error, "smtp_code", None) in _LOGIN_CODES and not isinstance(error, ssl.SSLCertVerificationError)


def _connection_failure(error: Exception) -> str:
    """Why there is no usable connection. Nothing of the letter was sent."""
    code = getattr(error, "smtp_code", None)
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = _text(error.verify_message)
        return f"邮件服务器的证书不可信（{reason}），未发出。请核对服务器名称或 LIANXI_SMTP_CA_FILE"
    if _is_login_refused(error):
        return f"邮件账号登录失败，未发出。服务器答复 {code}：{_text(getattr(error, 'smtp_error', b''))}"
    if isinstance(code, int) and code > 0:
        return f"邮件服务器暂不可用，未发出。服务器答复 {code}：{_text(getattr(error, 'smtp_error', b''))}"
    return f"无法与邮件服务器建立安全连接，未发出：{_text(str(error))}"


def _refusals(refused: Refused) -> str:
    return "；".join(f"{address}（{code} {_text(text)}）" for address, (code, text) in sorted(refused.items()))


def _text(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return header_line(text)[:_TEXT_MAX]
