"""Roll-up -> `Brief` value -> Word, HTML and Excel.

Belongs here: the brief's sentences (`compose`, `parts`), its value (`brief_document`) and the writers of that value.
Does not belong here: judgements (`tasks.rollup`), approval and freezing (`tasks.store`, `flows`), letters (`tasks.mail`).
"""
