"""Writers of the brief's files: Word, HTML, Markdown, Excel, PDF."""
