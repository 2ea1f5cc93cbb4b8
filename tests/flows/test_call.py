"""The flow 记录通话: a call is recorded once and appears in the call list at once, without telephone numbers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.call import call, contacts_with
from flows.context import open_context
from tasks.errors import InputError
from tasks.model.run_context import Context
from tasks.model.submission import Duty
from tasks.store.call_notes import load_calls
from tasks.store.duty_table import write_duties
from tasks.store.migrate import migrate
from tests.conftest import use_data_folder

NOW = "2023-10-27T16:00"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A context in which 县总工会 is five workdays late and has no address."""
    use_data_folder(monkeypatch, tmp_path / "通话 calls")
    opened = open_context(now=NOW)
    migrate(opened.url)
    due, closes = dt.date(2023, 10, 20), dt.date(2023, 10, 31)
    owed = Duty(opened.plan.id, "县总工会", "progress", "2023-10", dt.date(2023, 10, 10), due, due, closes, "", ("8",))
    write_duties(opened.url, [owed])
    return opened


def test_a_call_is_noted_once_and_the_call_list_shows_it(office: Context, prefect_api: str) -> None:
    said = {"unit": "总工会", "words": "答应明日报来，\n电话改为0996-6001234", "called_at": "2023-10-27T15:30:20"}
    first = call(**said, now=NOW)
    assert (first.unit, first.new) == ("县总工会", True)
    assert not call(**said, by="示例乙", now=NOW).new
    assert call("县总工会", answered=False, who="分管领导", now=NOW).new
    noted = load_calls(office.url, office.plan.id)
    assert [(each.who, each.answered, f"{each.called_at:%H:%M}") for each in noted] == [
        ("业务负责人", True, "15:30"),
        ("分管领导", False, "16:00"),
    ]
    shown = _call_list(prefect_api, office)
    assert "县总工会" in shown
    assert "10月27日15:30电话（业务负责人）：答应明日报来， 电话改为（号码从略）" in shown
    assert "10月27日16:00电话（分管领导）：未接通" in shown
    assert "6001234" not in shown
    # The terminal shows the numbers.
    assert contacts_with("总工会", now=NOW).said.endswith("电话改为0996-6001234")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"unit": "县某某局", "words": "好"}, "没有“县某某局”"),
        ({"unit": "各乡镇人民政府", "words": "好"}, "是一组单位"),
        ({"unit": "县总工会"}, "说了什么"),
        ({"unit": "县总工会", "words": "长" * 501}, "500 字以内"),
        ({"unit": "县总工会", "words": "好", "called_at": "2023-10-27T16:01"}, "还没有到"),
        ({"unit": "县总工会", "words": "好", "called_at": "昨天"}, "不是有效的日期时间"),
        ({"unit": "县总工会", "words": "好", "by": " "}, "经办人"),
    ],
)
def test_a_call_that_cannot_be_recorded_is_refused_and_leaves_no_record(
    office: Context, given: dict[str, Any], told: str
) -> None:
    defaults: dict[str, Any] = {"words": "", "who": "业务负责人", "answered": True, "called_at": None, "by": "示例甲"}
    with pytest.raises(InputError, match=told):
        call.fn(**{**defaults, **given}, plan=None, now=NOW)
    assert load_calls(office.url, office.plan.id) == ()


def _call_list(api_url: str, office: Context) -> str:
    """The newest call list in the UI."""
    key = {"artifacts": {"key": {"any_": [f"calls-{office.plan.id}"]}}, "sort": "CREATED_DESC", "limit": 1}
    found = httpx.post(f"{api_url}/artifacts/filter", json=key, timeout=30).raise_for_status().json()
    return str(found[0]["data"])
