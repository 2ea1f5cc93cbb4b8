"""Readings -> findings and verdicts. The entry point is `judge.judge`.

cell_text, parse_number, parse_day      one raw value -> its meaning, or the code of its fault
typed_rows, submission_case             a reading -> typed rows or persons
row_frame, target_figures               typed rows -> the data frame that the suites check
suites, checkpoint                      one Great Expectations run over all rows of a chunk
finding_words, answered_queries         failed expectations -> findings with cells; explained queries become hints
judge_chunk, judge                      findings -> verdicts
cross_unit, conflicting_versions        comparisons between units, and between versions of one report
data_docs, recheck_accepted             the Data Docs site; today's rules against accepted submissions
"""
