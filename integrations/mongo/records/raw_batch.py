"""Divides the first batch of a cursor into the bytes of its documents, without an object of the driver for each.

    int32 size │ … │ 0x04 "firstBatch" 0x00 │ int32 size │ 0x03 "0" 0x00 document │ 0x03 "1" 0x00 document │ … │ 0x00

This is BSON (bsonspec.org): an array is a document whose keys are the places, and a document begins with its size.
"""

from __future__ import annotations

from struct import Struct

_SIZE = Struct("<i")
_BATCH = b"\x04firstBatch\x00"  # the first field of a cursor


def documents_of(cursor: bytes) -> list[bytes]:
    """Return the documents of the first batch. `cursor` is the document of that name in a reply of MongoDB."""
    at = cursor.index(_BATCH) + len(_BATCH)
    end = at + _SIZE.unpack_from(cursor, at)[0] - 1  # of the array, without the zero that ends it
    at += _SIZE.size
    documents: list[bytes] = []
    while at < end:
        begin = cursor.index(0, at + 1) + 1  # after the key
        at = begin + _SIZE.unpack_from(cursor, begin)[0]
        documents.append(cursor[begin:at])
    return documents
