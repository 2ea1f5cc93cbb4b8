"""Facts an office edits: TOML and CSV files, each with its types (X.py), its reader (X_file.py) and its checks (X_checks.py).

Belongs here: settings, counties and their units, plans, the calendar, the workbook's layout, templates.
Does not belong here: anything that works on submissions. Imports only the standard library, pydantic and, late,
chinese_calendar.
"""
