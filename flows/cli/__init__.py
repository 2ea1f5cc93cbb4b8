"""The command line `lianxi`: commands by subject, and their output."""
