"""An expectation caches its configuration, and changes to a copy do not affect it."""

from __future__ import annotations

import copy

import pandas as pd

from expectations.rule_meta import load_expectations, marked_expectation
from tasks.validate.checkpoint import make_suite, run_checkpoint


def test_a_cached_configuration_returns_its_expectation_and_a_copy_builds_a_new_one() -> None:
    expectation = load_expectations().ExpectColumnValuesToBeBetween(
        column="ratio", max_value=1, **marked_expectation("V206", "cumulative")
    )
    cached = expectation.configuration
    assert cached is expectation.configuration
    assert cached.to_domain_obj() is expectation
    other = copy.deepcopy(cached)
    other.kwargs["batch_id"] = "of one run"
    assert "batch_id" not in cached.kwargs
    assert (other.to_domain_obj().column, other.to_domain_obj().batch_id) == ("ratio", "of one run")
    assert expectation.batch_id is None


def test_one_suite_checks_several_frames_independently() -> None:
    ratio = load_expectations().ExpectColumnValuesToBeBetween(
        column="ratio", max_value=1, **marked_expectation("V206", "cumulative")
    )
    suite = make_suite("twice", [ratio])
    frames = (pd.DataFrame({"ratio": values}, index=range(10, 13)) for values in ([0.5, 2.0, 1.0], [3.0, 1.0, 4.0]))
    assert [[miss.key for miss in run_checkpoint(frame, suite)] for frame in frames] == [[11], [10, 12]]
