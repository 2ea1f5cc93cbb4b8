"""Roll-up -> Brief value -> Word, HTML and Excel.

Belongs here: the brief's sentences (content), its value (value) and the writers that walk that value.
Does not belong here: judgements (rollup), approval and freezing (store, flows), letters (mail).
"""
