"""The parts of the brief, one module a section or annex."""
