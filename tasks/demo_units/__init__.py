"""Simulated units for the demo and the tests: their clerks fill and submit the workbooks the office issues."""
