"""Conversations of the past, read from files of other makers: one module a format.

Each has `read(path)`, which answers every record of the file, in order, as an `ImportedConversation` or, where it makes
none, as a `RecordLeftOut` that says which record and why. `Invalid` is raised where the file itself cannot be read on.
Nothing is written here, and memory does not grow with the file: the records stream through, plain or gzipped.
"""
