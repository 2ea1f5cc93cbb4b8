"""Originals -> rows with cell addresses, independent of the file's name and of the program that saved it.

Belongs here: file formats, header search, identity, lossless repairs. Does not belong here: whether the values are right
(`validate`). Bad data is a finding; no file stops the others.
"""
