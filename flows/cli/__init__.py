"""The command line `lianxi`: commands by subject, and what they print."""
