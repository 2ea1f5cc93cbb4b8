"""Plan and last month -> duties, and each unit's workbook in its folder of the share.

Belongs here: who owes what by when, the workbook that is sent out, and the unit folders. Does not belong here:
reading a workbook back (`read`), the letters that announce it (`mail`).
"""
