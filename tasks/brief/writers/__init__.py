"""The brief's values written as files: Word, HTML, Markdown, Excel, PDF."""
