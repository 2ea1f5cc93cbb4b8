"""The rules on reported data: the catalogue of findings and the Great Expectations suites.

Great Expectations is imported inside the functions that build a suite, never at module level.
"""
