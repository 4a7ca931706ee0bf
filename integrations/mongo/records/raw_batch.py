"""Divides the first batch of a cursor into the bytes of its documents, without an object of the driver for each.

Nothing may be asked of the driver's own object of the cursor: for any of its fields it makes objects of all documents.

    int32 size │ … │ 0x04 "firstBatch" 0x00 │ int32 size │ 0x03 "0" 0x00 document │ 0x03 "1" 0x00 document │ … │ 0x00

This is BSON (bsonspec.org): an array is a document whose keys are the places, and a document begins with its size.
"""

from __future__ import annotations

from struct import Struct

import bson

_SIZE = Struct("<i")
_BATCH = b"\x04firstBatch\x00"  # the first field of a cursor


def documents_of(cursor: bytes) -> list[bytes]:
    """Return the documents of the first batch. `cursor` is the document of that name in a reply of MongoDB."""
    at, end = _array_in(cursor)
    end -= 1  # the zero that ends it
    at += _SIZE.size
    documents: list[bytes] = []
    while at < end:
        begin = cursor.index(0, at + 1) + 1  # after the key
        at = begin + _SIZE.unpack_from(cursor, begin)[0]
        documents.append(cursor[begin:at])
    return documents


def is_whole(cursor: bytes) -> bool:
    """Return whether the first batch has all documents of the cursor, which then has no id."""
    begin, end = _array_in(cursor)
    others = cursor[_SIZE.size : begin - len(_BATCH)] + cursor[end:]
    return not bson.decode(_SIZE.pack(_SIZE.size + len(others)) + others)["id"]


def _array_in(cursor: bytes) -> tuple[int, int]:
    """Return where the array of the first batch begins and ends."""
    begin = cursor.index(_BATCH) + len(_BATCH)
    return begin, begin + _SIZE.unpack_from(cursor, begin)[0]
