"""Order: which task after which, on what schedule. No business logic, no pandas, no SQL."""
