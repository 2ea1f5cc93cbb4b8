"""One module a file format: what a container holds, within limits, and as sheets of raw values."""
