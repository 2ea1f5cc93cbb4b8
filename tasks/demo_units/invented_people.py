"""Invented people for every unit, made by rule from the unit list, so that a new unit has its people at once.

Belongs here: names, telephones and addresses that cannot be anybody's. Who files them and when is `story`.
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

    They show what they are: the given name is 示例, the telephone is in the block 0996-600xxxx, the mail ends in
    `.invalid`, which no mail server can reach. Raises KeyError for a unit the county does not list.
    """
    places = {each.name: place for place, each in enumerate(county.units)}
    return tuple(
        Contact(
            plan=plan,
            unit=unit,
            role=role,
            name=_name(number),
            title=title,
            phone=f"0996-600{number:04d}",
            mail=f"{mailbox}{places[unit]:03d}@{county.id}.invalid",
        )
        for offset, (role, title, mailbox) in enumerate(_ROLES)
        for number in [places[unit] * len(_ROLES) + offset]
    )


def _name(number: int) -> str:
    round_, place = divmod(number, len(_SURNAMES))
    return f"{_SURNAMES[place]}示例{_STEMS[round_ - 1] if round_ else ''}"
