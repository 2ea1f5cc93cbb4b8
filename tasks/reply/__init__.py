"""A recorded submission -> its reply: the unit's workbook with marks, or a receipt. The entry point is `write_reply.write_reply`.

reply_paths                     the name of a reply and its folder
findings_sheet, receipt_sheet   the sheets 问题清单 and 受理回执
version_words                   which version counts, and what changed
sheet_styles, annotate          the look of our sheets; marks on the unit's cells
workbook_bytes                  a workbook as reproducible bytes
"""
