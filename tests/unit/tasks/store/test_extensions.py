"""Which requests for an extension are open, and refusing one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from tasks.errors import InputError
from tasks.model.submission import Duty, Verdict
from tasks.store.duty_table import grant_extension, read_duties, write_duties
from tasks.store.extensions import open_requests, refuse_extension
from tasks.store.record_verdicts import write_verdicts

PLAN = "yanqi-2023"
At = Callable[..., dt.datetime]
MakeDuty = Callable[..., Duty]
MakeVerdict = Callable[..., Verdict]
ASKED = (dt.date(2023, 10, 25), "数据待核")


def test_a_request_is_open_until_it_is_answered_and_a_new_one_opens_again(
    url: str, duty: MakeDuty, verdict: MakeVerdict, at: At
) -> None:
    write_duties(url, [duty()])
    key = duty().key
    write_verdicts(url, [verdict("queried", content="一", extension=ASKED, received_at=at(17))], at(17))
    assert [each.until for each in open_requests(url, PLAN)] == [ASKED[0]]
    assert refuse_extension(url, key, "请按期报送", "李四", at(18)) == ASKED[0]
    assert open_requests(url, PLAN) == ()
    assert read_duties(url, PLAN)[0].extended_to is None
    with pytest.raises(InputError, match="没有待批复"):
        refuse_extension(url, key, "再次", "李四", at(18))
    write_verdicts(url, [verdict("queried", content="二", extension=ASKED, received_at=at(19))], at(19))
    assert len(open_requests(url, PLAN)) == 1
    grant_extension(url, key, ASKED[0], "同意", "李四", at(19, 12))
    assert open_requests(url, PLAN) == ()


@pytest.mark.parametrize(("reason", "by"), [("", "李四"), ("理由", " ")])
def test_a_refusal_needs_a_reason_and_a_name(url: str, duty: MakeDuty, at: At, reason: str, by: str) -> None:
    write_duties(url, [duty()])
    with pytest.raises(InputError, match="理由和批复人"):
        refuse_extension(url, duty().key, reason, by, at(18))
