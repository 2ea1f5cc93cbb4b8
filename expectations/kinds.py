"""The kinds of expectation the suites use: Great Expectations' own, each telling its configuration once.

In every run Great Expectations asks an expectation for its configuration more than a hundred times, and puts it together
anew each time: half of what a run over a thousand rows costs. Here nothing about an expectation changes once it is made.

Belongs here: the kinds, and nothing about data. To import this takes seconds: it is done late, by `marks.library`.
"""

from __future__ import annotations

from typing import Any

from great_expectations import expectations as own
from great_expectations.compatibility.pydantic import PrivateAttr
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration


class _ToldOnce(Expectation):
    """What every kind here has besides."""

    _told: ExpectationConfiguration | None = PrivateAttr(None)

    @property
    def configuration(self) -> ExpectationConfiguration:
        """As Great Expectations puts it together when it is first asked for."""
        if self._told is None:
            self._told = super().configuration
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
