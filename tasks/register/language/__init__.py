"""The language of official documents: numerals, days, units, clauses of responsibility."""
