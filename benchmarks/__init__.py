"""What the intake costs, against a floor and against what one would otherwise use. `make bench` runs `intake`.

Nothing here is a test and nothing of the project imports it.
"""
