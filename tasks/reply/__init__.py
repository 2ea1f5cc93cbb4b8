"""Findings -> the unit's own workbook, annotated; receipts for what was accepted.

returned    the one door: a stored submission -> the file that answers it
places      what the answer is called and where it lies
listing     the sheet 问题清单      receipt     the sheet 受理回执      looks       how both look
annotate    colours and comments on the unit's cells
pack        the same workbook, the same bytes
"""
