"""Benchmarks of the intake, the brief and the register. `make bench` runs them; no other part of the project does."""
