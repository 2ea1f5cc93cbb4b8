"""The language of official documents: numerals, dates, unit names and lists, responsibility clauses."""
