"""Who is written to, what the letters contain, and how they are sent.

Pure functions decide and write the letters (`ladder`, `ladder_letters`, `event_letters`, `coordinator_letters`); a thin
shell sends them (`deliver`). Does not belong here: the outbox, which `tasks.store` keeps and the flow passes to
`deliver`. The only stage that uses yagmail.
"""
