"""Frozen values that pass between stages, and the one table of kinds, states, severities and lights."""
