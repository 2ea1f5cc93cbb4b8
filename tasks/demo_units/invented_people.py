"""Invented contacts for every unit, derived from the unit list, so that a new unit has contacts too.

Belongs here: names, telephone numbers and addresses that cannot belong to a real person.
"""

from __future__ import annotations

from config.county import County
from tasks.model.submission import Contact

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
    "鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄"
)
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_ROLES = (("分管领导", "分管副职", "fenguan"), ("业务负责人", "业务科室负责人", "yewu"))


def people_of(county: County, unit: str, plan: str) -> tuple[Contact, ...]:
    """The invented 分管领导 and 业务负责人 of a unit, always the same two.

    They are recognisable: the given name is 示例, the telephone number begins with 0996-600, the mail address ends in
    `.invalid`, which no mail server can reach. Raises KeyError for a unit that the county does not list.
    """
    index = {each.name: position for position, each in enumerate(county.units)}[unit]
    return tuple(
        Contact(
            plan=plan,
            unit=unit,
            role=role,
            name=_name(number),
            title=title,
            phone=f"0996-600{number:04d}",
            mail=f"{mailbox}{index:03d}@{county.id}.invalid",
        )
        for offset, (role, title, mailbox) in enumerate(_ROLES)
        for number in [index * len(_ROLES) + offset]
    )


def _name(number: int) -> str:
    repetition, surname = divmod(number, len(_SURNAMES))
    return f"{_SURNAMES[surname]}示例{_STEMS[repetition - 1] if repetition else ''}"
