"""The kinds of expectation the suites use: Great Expectations' own, each telling its configuration once.

In every run Great Expectations asks an expectation for its configuration more than a hundred times, and puts it together
anew each time, and an expectation out of it: half of what a run over a thousand rows costs. Here nothing about an
expectation changes once it is made.

Belongs here: the kinds, and nothing about data. To import this takes seconds: it is done late, by `marks.library`.
"""

from __future__ import annotations

import copy
from typing import Any

from great_expectations import expectations as own
from great_expectations.compatibility.pydantic import PrivateAttr
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration


class _Told(ExpectationConfiguration):
    """The configuration of an expectation that is there already, and need not be made anew to be asked what it holds."""

    def __init__(self, expectation: Expectation, told: ExpectationConfiguration) -> None:
        super().__init__(
            type=told.type,
            kwargs=told.kwargs,
            meta=told.meta,
            notes=told.notes,
            description=told.description,
            severity=told.severity,
            id=told.id,
            rendered_content=told.rendered_content,
        )
        self._told, self._expectation = told, expectation

    def to_domain_obj(self) -> Expectation:
        """That expectation."""
        return self._expectation

    def __deepcopy__(self, memo: dict[int, Any]) -> ExpectationConfiguration:
        """One by itself: copies are made to be changed."""
        copied: ExpectationConfiguration = copy.deepcopy(self._told, memo)
        return copied


class _ToldOnce(Expectation):
    """What every kind here has besides."""

    _told: ExpectationConfiguration | None = PrivateAttr(None)

    @property
    def configuration(self) -> ExpectationConfiguration:
        """As Great Expectations puts it together when it is first asked for."""
        if self._told is None:
            self._told = _Told(self, super().configuration)
        return self._told


def _told_once(name: str) -> Any:
    """That kind under a name of its own, for Great Expectations finds a kind by its name."""
    kind = getattr(own, name)
    return type(kind)(f"{name}ToldOnce", (_ToldOnce, kind), {"__module__": __name__})


ExpectColumnPairValuesAToBeGreaterThanB = _told_once("ExpectColumnPairValuesAToBeGreaterThanB")
ExpectColumnPairValuesToBeEqual = _told_once("ExpectColumnPairValuesToBeEqual")
ExpectColumnValuesToBeBetween = _told_once("ExpectColumnValuesToBeBetween")
ExpectColumnValuesToBeInSet = _told_once("ExpectColumnValuesToBeInSet")
ExpectColumnValuesToBeNull = _told_once("ExpectColumnValuesToBeNull")
ExpectColumnValuesToBeUnique = _told_once("ExpectColumnValuesToBeUnique")
ExpectColumnValuesToMatchRegex = _told_once("ExpectColumnValuesToMatchRegex")
ExpectColumnValuesToNotBeNull = _told_once("ExpectColumnValuesToNotBeNull")
ExpectColumnValuesToNotMatchRegex = _told_once("ExpectColumnValuesToNotMatchRegex")
