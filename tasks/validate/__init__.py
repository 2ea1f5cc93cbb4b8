"""Rows and suites -> findings and a verdict.

normalise, numbers, dates   one raw value -> what it says, or what is wrong with it
lines, frame, files         readings -> typed lines -> the frames that the suites look at
run                         one Great Expectations run over all rows of a chunk
findings, group, settle     misses -> findings with cells; secondary ones dropped, explained ones settled
verdicts                    `judge`: readings -> verdicts
"""
