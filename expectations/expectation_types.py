"""The expectation types of the suites: Great Expectations' own types with a cached configuration.

In every run Great Expectations asks an expectation for its configuration more than a hundred times, and builds it and a new
expectation each time: half the cost of a run over a thousand rows. Caching is safe because no expectation here changes after
it is made.

Belongs here: the types, nothing about data. Importing this module takes seconds: `rule_meta.load_expectations` does it late.
"""

from __future__ import annotations

import copy
from typing import Any

from great_expectations import expectations as library
from great_expectations.compatibility.pydantic import PrivateAttr
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration


class _CachedConfiguration(ExpectationConfiguration):
    """A configuration that returns its existing expectation instead of building a new one."""

    def __init__(self, expectation: Expectation, original: ExpectationConfiguration) -> None:
        super().__init__(
            type=original.type,
            kwargs=original.kwargs,
            meta=original.meta,
            notes=original.notes,
            description=original.description,
            severity=original.severity,
            id=original.id,
            rendered_content=original.rendered_content,
        )
        self._original, self._expectation = original, expectation

    def to_domain_obj(self) -> Expectation:
        """The existing expectation."""
        return self._expectation

    def __deepcopy__(self, memo: dict[int, Any]) -> ExpectationConfiguration:
        """A plain configuration without the cache: the library makes copies to change them."""
        copied: ExpectationConfiguration = copy.deepcopy(self._original, memo)
        return copied


class _Cached(Expectation):
    """The mixin of every type here."""

    _cached: ExpectationConfiguration | None = PrivateAttr(None)

    @property
    def configuration(self) -> ExpectationConfiguration:
        """The configuration as Great Expectations builds it, built once."""
        if self._cached is None:
            self._cached = _CachedConfiguration(self, super().configuration)
        return self._cached


def _with_cache(name: str) -> Any:
    """The library's type of this name with the mixin, under a new name: Great Expectations registers types by name."""
    base = getattr(library, name)
    return type(base)(f"{name}Cached", (_Cached, base), {"__module__": __name__})


ExpectColumnPairValuesAToBeGreaterThanB = _with_cache("ExpectColumnPairValuesAToBeGreaterThanB")
ExpectColumnPairValuesToBeEqual = _with_cache("ExpectColumnPairValuesToBeEqual")
ExpectColumnValuesToBeBetween = _with_cache("ExpectColumnValuesToBeBetween")
ExpectColumnValuesToBeInSet = _with_cache("ExpectColumnValuesToBeInSet")
ExpectColumnValuesToBeNull = _with_cache("ExpectColumnValuesToBeNull")
ExpectColumnValuesToBeUnique = _with_cache("ExpectColumnValuesToBeUnique")
ExpectColumnValuesToMatchRegex = _with_cache("ExpectColumnValuesToMatchRegex")
ExpectColumnValuesToNotBeNull = _with_cache("ExpectColumnValuesToNotBeNull")
ExpectColumnValuesToNotMatchRegex = _with_cache("ExpectColumnValuesToNotMatchRegex")
