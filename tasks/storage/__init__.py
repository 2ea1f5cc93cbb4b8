"""How files are kept: atomic writes, the shared folder, the signature of workbooks. Used by all stages."""
