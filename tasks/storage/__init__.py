"""Files on disk and in the share: written whole or not at all, signed, local or reached by URL."""
