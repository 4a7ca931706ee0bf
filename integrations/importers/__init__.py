"""Importers of conversations from data files, one module for each format.

Each has `read(path)`, which yields every record of the file in order: an `ImportedConversation`, or a `RecordLeftOut`
with the position and the reason. It raises `Invalid` if the rest of the file cannot be read. Records are streamed, so
that memory does not grow with the file. Files may be gzipped.
"""
