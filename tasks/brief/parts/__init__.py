"""The parts of the brief: one module for each section, annex or separate paper."""
