"""Files of every kind, and the steps of an upload."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlsplit

import httpx

from domain.model.attachments import AttachedFile
from domain.outbox.ports import OutgoingFile
from domain.values.ids import AttachmentId
from tests.harness.program import Json, Program

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<p>hello</p><script>alert(1)</script>"


def path_of(url: str) -> str:
    """Return the path of an address of the server."""
    assert url.startswith("https://baton.example/"), url
    return urlsplit(url).path


async def create(
    program: Program, key: str, content: bytes, *, name: str = "photo.png", kind: str = "image/png"
) -> Json:
    """Call createUpload for a file, which must be taken."""
    return await program.done(key, "createUpload", name=name, contentType=kind, bytes=len(content))


async def put(
    program: Program, url: str, content: bytes | AsyncIterator[bytes], *, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    return await program.http.put(path_of(url), content=content, headers=dict(headers or {}))


async def upload(
    program: Program, key: str, content: bytes = PNG, *, name: str = "photo.png", kind: str = "image/png"
) -> str:
    """Upload a file, and return the id for `attachments`."""
    created = await create(program, key, content, name=name, kind=kind)
    response = await put(program, created["url"], content)
    assert response.status_code == 201, response.text
    found: str = created["attachmentId"]
    return found


async def download(program: Program, url: str, **headers: str) -> httpx.Response:
    return await program.http.get(path_of(url), headers=headers)


class HeldFiles:
    """The bytes of files by key, for senders that read them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    async def read(self, key: str, *, start: int, end: int) -> AsyncIterator[bytes]:
        for at in range(start, end, 100):
            yield self._files[key][at : min(at + 100, end)]


def outgoing(
    *contents: bytes, kind: str = "image/png"
) -> tuple[tuple[AttachedFile, ...], dict[AttachmentId, OutgoingFile]]:
    """Files as a message has them, and as a sender gets them; their keys are `file 1` and so on."""
    shown = tuple(
        AttachedFile(id=AttachmentId(f"F{n}"), name=f"photo {n}.png", content_type=kind, size=len(content))
        for n, content in enumerate(contents, 1)
    )
    sent = {
        file.id: OutgoingFile(
            id=file.id,
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            key=f"file {n}",
            url=f"https://baton.example/files/{n}",
        )
        for n, file in enumerate(shown, 1)
    }
    return shown, sent
