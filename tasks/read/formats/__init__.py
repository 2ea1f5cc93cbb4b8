"""One module a file format: what a file is, whether it is safe to load, and its sheets as raw values."""
