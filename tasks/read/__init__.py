"""Original -> rows with cell addresses, whatever program saved it and whatever it is called.

Belongs here: formats, header search, identity, lossless repairs. Does not belong here: whether what a unit wrote is
right (`validate`). Bad data is a finding; no file may stop the others.
"""
