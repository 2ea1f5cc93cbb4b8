"""Official responsibility document -> Draft of a Plan, with everything that a person should look at.

Belongs here: reading the document, reviewing the draft, writing it out. `source` reads files into lines and tables,
`language` reads numerals, dates, unit names and clauses; `parse_document` puts them together.
"""
