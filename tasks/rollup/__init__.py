"""Ledger -> standing of units, progress of measures, lights. Pure functions over values.

Belongs here: every judgement the brief, the letters and the coordinator's screen share.
Does not belong here: sentences (brief), letters (mail), queries (store).
"""
