"""Wording of the brief: numbers, percentages, quotations, names of measures and lights."""
