"""Rules on data: Great Expectations suites and the catalogue of findings. Nothing else.

Great Expectations is imported inside the functions that build a suite, never at module level.
"""
