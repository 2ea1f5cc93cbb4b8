"""Facts an office edits, each beside the typed reader of the same name.

Belongs here: settings, counties and their units, plans, the calendar, the workbook's layout, templates.
Does not belong here: anything that works on submissions. Standard library and pydantic only.
"""
