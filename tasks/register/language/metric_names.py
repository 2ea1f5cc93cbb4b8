"""The name of a figure: the noun phrase an official would put in a table, made from the words context the number.

Belongs here: the words left and right of a figure -> its name. Whether a figure is a target is decided by `targets`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from config.plan import Operator
from tasks.register.language.grammar import Grammar, any_of

_LONGEST = 40
_STOP = "[，,。；;、（(]"
_YEAR = re.compile(r"^(?:[到至在于]? *\d{4} *年(?:[底末内]?前?)?|年[内底末]前?|[一二三四五六七八九十两\d]+年内) *")


@dataclass(frozen=True, slots=True)
class FigureContext:
    """A figure and the words context it.

    `left` and `right` are the words of its part of the sentence, `before` the part before that, `topic` the subject of
    the measure's heading; `full` is 全覆盖 or 全部接入 where that is the figure.
    """

    left: str
    right: str
    written: str
    unit: str
    operator: Operator
    before: str = ""
    topic: str = ""
    full: str = ""


class MetricNamer:
    """Names figures with one vocabulary."""

    def __init__(self, grammar: Grammar) -> None:
        cue = grammar.vocabulary.targets
        made, raised = any_of(cue.make), any_of(cue.raise_verbs + cue.lower_verbs)
        self._lead_in = re.compile(f"^(?:{any_of(cue.lead_in)}|(?:{any_of(cue.wholes)})(?![域面]))+")
        self._made, self._raised = re.compile(rf"^(?:{made}|[和并且及])+"), re.compile(rf"^(?:{raised})+")
        self._done_to = re.compile(f"(?:进行|实施|开展|给予)?(?:{made})")
        self._lead_out = re.compile(
            f"(?:{any_of(cue.at_least + cue.at_most + cue.raise_to + cue.lower_to)}|至|到|为|约|共|的|数量?|了|提高|压缩"
            "|逐步|等|[ ，：])+$"
        )
        # 对…进行帮扶, 为…提供服务: the deed stands behind its receiver.
        self._done = re.compile("^(?P<whom>[^，。；、]{2,20}?)(?P<do>进行|实施|开展|给予)(?P<what>[^，。；、]{2,8})")
        self._given = re.compile("^(?P<whom>[^，。；、]{2,20}?)提供(?P<what>[^，。；、]{2,12})")
        self._share = re.compile(
            f"^ *的(?P<what>[^，。；、]{{0,8}}?(?:{any_of(cue.rate_nouns)}))(?:{made})"
            "(?P<object>[^，。；、或（(]{2,24})"
        )
        self._rate = re.compile(f"(?:{any_of(cue.rate_nouns)})(?:增幅|增速)?$")
        self._rated = re.compile(f"(?:{any_of(cue.rate_verbs)}|{raised})$")
        self._modifier = re.compile(f"^(?:{any_of(cue.modifiers)})[^，。；、]{{1,12}}?的(?=[^，。；、]{{4}})")
        self._reached = re.compile("(?:惠及|带动|接待|吸引|覆盖|服务)[^、，]{1,8}$")
        self._heading = re.compile(
            f"^(?:{any_of((*cue.lead_in, *cue.modifiers_of_work, *cue.raise_verbs, *cue.make))})*"
            rf"(?:\d+[万亿]?(?:{any_of(cue.measures)}))?(?P<what>[^，。；、\d]{{2,12}}?)(?:{any_of(cue.work_nouns)})?$"
        )
        self._counted = re.compile(rf"\d+(?:\.\d+)?[万亿]?(?:{any_of(cue.measures)})$")
        self._bare = re.compile(rf"(?:{made}|[和并且及])*")
        self._moved = re.compile(f"(?:{raised})$")
        self._whom = re.compile("(?:对|为|给|向|将) *$")

    def topic(self, heading: str) -> str:
        """The subject of a measure's short heading (加快充电设施建设 -> 充电设施), or an empty text."""
        plain = self._counted.sub("", heading.strip())
        found = self._heading.match(plain) if len(heading) <= 16 else None
        return found["what"] if found else ""

    def name(self, context: FigureContext) -> str:
        """The figure's name; never empty."""
        left = _without_brackets(context.left)
        if context.full:
            name = self._complete(self._plain(left, context), context)
        elif found := self._served(left, context.right):
            name = found
        elif context.unit == "%" and (share := self._share.match(context.right)):
            name = f"{self._scope(context.before)}{share['object'].strip()}{share['what']}"
        else:
            name = self._rated_name(self._common(left, context), left, context)
        if context.topic and not context.full:
            name = self._with_topic(name, context.topic)
        return re.sub(r"\s+", "", name)[-_LONGEST:].lstrip("、，的") or context.written

    def _served(self, left: str, right: str) -> str:
        """对5家企业进行帮扶 -> 帮扶企业; 为100人次的老人提供服务 -> 为老人提供服务."""
        bare = re.sub(r"(?:不少于|不低于|至少|超过) *$", "", left.rstrip())
        if not self._whom.search(bare):
            return ""
        rest = right.lstrip(" 的以上")
        if found := self._done.match(rest):
            return found["what"] + found["whom"]
        found = self._given.match(rest)
        return f"为{found['whom']}提供{found['what']}" if found else ""

    def _plain(self, left: str, context: FigureContext) -> str:
        """The words before the figure without time, introduction and comparison."""
        name = re.sub(r"^[ ，、,；;]+", "", left)
        name = re.sub("由[^，,]{1,12}$", "", self._lead_out.sub("", _YEAR.sub("", name)))
        for _ in range(2):
            name = self._lead_in.sub("", _YEAR.sub("", name.strip()))
        counted = "数量" in left and not context.full
        name = self._lead_out.sub("", name).strip(" ，、,（(")
        return f"{name}数量" if counted and not name.endswith("数量") else name

    def _common(self, left: str, context: FigureContext) -> str:
        """The words before the figure; those behind it where nothing but a verb stands before."""
        name = self._plain(left, context)
        without = self._raised.sub("", name) if context.operator == "->" else self._made.sub("", name)
        behind = re.split(_STOP, context.right, maxsplit=1)[0].strip(" 的以上内左右")
        behind = self._modifier.sub("", behind)
        if context.written.endswith("%") and self._done_to.match(context.right.lstrip()):
            return name + behind
        if len(without) < 3 or left.rstrip().endswith("等"):
            return behind or name
        if context.operator in ("=", "range", "->") or (self._reached.search(without) and "全年" in without):
            name = without.replace("全年", "")
        return _last_of_list(name)

    def _with_topic(self, name: str, topic: str) -> str:
        """A name that is a verb or one word takes the measure's subject: 建成 -> 建成实训基地, 规模 -> 基金规模."""
        if name in topic:
            return topic
        if self._bare.fullmatch(name):
            return f"{name}{topic}"
        return f"{topic}{name}" if len(name) <= 2 else name

    def _rated_name(self, name: str, left: str, context: FigureContext) -> str:
        """A share is called a rate: 激活 -> 激活率, 绿色建筑 -> 绿色建筑比例, 时限压缩 -> 时限压缩幅度."""
        if context.unit not in ("%", "个百分点", "百分点") or not name:
            return name
        moved = self._moved.search(left.rstrip())
        if moved and context.operator == "=":
            stem = name.removesuffix(moved[0])
            rate = context.unit == "%" and moved[0] in ("增长", "下降") and not self._rate.search(stem)
            return f"{stem}{moved[0]}{'率' if rate else '幅度'}"
        if context.unit != "%" or self._rate.search(name):
            return name
        return f"{name}率" if self._rated.search(name) and "率" not in name else f"{name}比例"

    def _complete(self, name: str, context: FigureContext) -> str:
        """全覆盖 and 全部接入 as a rate, with the heading's subject where the sentence leaves it out."""
        topic = context.topic if context.topic and context.topic not in name else ""
        if context.full == "全覆盖":
            return f"{name}{topic}覆盖率"
        verb = context.full.removeprefix("全部")
        behind = re.split("[，,。；;（(]", context.right, maxsplit=1)[0].strip()
        name = name or topic
        whole = f"{name}{verb}{behind}比例"
        return whole if behind and len(whole) <= _LONGEST else f"{name}{verb}率"

    def _scope(self, before: str) -> str:
        """The places named in the part before (甲、乙及丙办公场所，按…): first and last of the list."""
        part = before.strip(" ，")
        if not part or self._lead_in.match(part) or self._made.match(part) or len(part) > 60:
            return ""
        listed = [each for each in re.split("、|以及|[及和]", re.sub("^[^、，]{2,6}的", "", part)) if each]
        return listed[0] if len(listed) == 1 else f"{listed[0]}…{listed[-1]}"


def _last_of_list(name: str) -> str:
    """甲、乙、丙等线路 -> 线路: the word that sums up a list is the name."""
    found = re.match("^[^等]*、.*(?<![高中初同平])等(?!级)(?P<sum>[^等、]{4,})$", name)
    return found["sum"] if found else name


def _without_brackets(text: str) -> str:
    plain = re.sub("[（(][^（）()]*[）)]", "", text)
    return plain[plain.rindex("）") + 1 :] if "）" in plain else plain
