"""Stored rows -> standings of duties, progress of measures, lights. Pure functions over values.

Belongs here: every judgement that the brief, the letters and the coordinator's screen share.
Does not belong here: sentences (`tasks.brief`), letters (`tasks.mail`), queries (`tasks.store`).
"""
