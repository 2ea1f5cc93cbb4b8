"""Who is written to, what the letters say, and how they leave the house.

Decided in pure functions (ladder, letters, notices), then done by a thin shell (post). The outbox itself is kept by
the store; the flow lends it to `post.deliver`. The only stage that knows yagmail.
"""
