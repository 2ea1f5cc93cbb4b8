"""Upkeep: everything kept into one archive and back, and where a person's data stands in files.

Does not belong here: the database (its own copy is `store`'s), or what is recorded of an act.
"""
