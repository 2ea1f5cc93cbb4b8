"""What several flows do alike: standings, sending letters, drafting a brief, noting the audit log."""
