"""The files of an incoming mail become attachments of its message."""

from __future__ import annotations

from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest

from domain.model.attachments import MOST_FILES
from tests.api.webhooks.messaging.channels import Channels, new_mail
from tests.harness.program import Json

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
PDF = b"%PDF-1.4\n" + b"words\r\n" * 100
QUERY = """{ conversations { nodes { messages(first: 20) { nodes {
  text attachments { id name contentType bytes url problem } originalMail { text attachments } } } } } }"""


async def files_of(channels: Channels) -> list[Json]:
    [conversation] = (await channels.baton.data(channels.shop.owner, QUERY))["conversations"]["nodes"]
    found: list[Json] = [file for message in conversation["messages"]["nodes"] for file in message["attachments"]]
    return found


async def content_of(channels: Channels, file: Json) -> bytes:
    response = await channels.baton.call("GET", urlsplit(file["url"]).path)
    assert response.status_code == 200
    return response.content


def with_files(*names: str) -> EmailMessage:
    mail = new_mail("Here it is.")
    for name in names:
        mail.add_attachment(PDF, maintype="application", subtype="pdf", filename=name)
    return mail


async def test_files_and_inline_pictures(channels: Channels) -> None:
    """mixed-with-a-file (control): the words, and the name of the file."""
    await channels.connect_email()
    mail = new_mail("See the picture.")
    mail.add_alternative('<p>See the picture.</p><img src="cid:p1@x">', subtype="html")
    mail.get_payload(1).add_related(PNG, "image", "png", cid="<p1@x>", filename="photo.png")  # type: ignore[union-attr]
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="Rechnung für Eva.pdf")
    assert await channels.outcome_of(mail) == "taken"
    assert await channels.outcome_of(mail) == "known"
    picture, bill = await files_of(channels)
    assert (picture["name"], picture["contentType"], picture["bytes"]) == ("photo.png", "image/png", len(PNG))
    assert (bill["name"], bill["contentType"], bill["bytes"]) == ("Rechnung für Eva.pdf", "application/pdf", len(PDF))
    assert await content_of(channels, picture) == PNG
    assert await content_of(channels, bill) == PDF
    text = (await channels.only_conversation())["messages"]["nodes"][0]["text"]
    assert text.endswith("See the picture.\n\n[attachment: photo.png]\n[attachment: Rechnung für Eva.pdf]")


NAMES = {
    "RFC 2231": ("attachment; filename*=utf-8''%E6%B3%A8%E6%96%87.pdf", "注文.pdf"),
    "RFC 2231, continued": ("attachment; filename*0*=utf-8''a%20; filename*1=b.pdf", "a b.pdf"),
    "RFC 2047": ('attachment; filename="=?utf-8?B?5rOo5paHLnBkZg==?="', "注文.pdf"),
    "a path": ('attachment; filename="..\\\\..\\\\a.pdf"', "a.pdf"),
    "none": ("attachment", "application.pdf"),
}


@pytest.mark.parametrize(("disposition", "name"), NAMES.values(), ids=NAMES.keys())
async def test_names(channels: Channels, disposition: str, name: str) -> None:
    await channels.connect_email()
    raw = new_mail("Hi").as_bytes().replace(b"Content-Type: text/plain", b"X-Was: text/plain")
    head, _, _ = raw.partition(b"\n\n")
    kept = [line for line in head.splitlines() if not line.lower().startswith((b"content-", b"mime-", b"x-was"))]
    part = f"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + PDF
    body = b"--b\r\n\r\nHi\r\n" + part + b"\r\n--b--\r\n"
    mail = b"\r\n".join([*kept, b"MIME-Version: 1.0", b'Content-Type: multipart/mixed; boundary="b"', b"", body])
    assert await channels.outcome_of(mail) == "taken"
    [file] = await files_of(channels)
    assert file["name"] == name
    assert await content_of(channels, file) == PDF


async def test_enclosed_mails_and_outlook_containers(channels: Channels) -> None:
    await channels.connect_email()
    mail = new_mail("Both")
    enclosed = new_mail("What the courier said", subject="Parcel 77", sender="info@courier.example")
    mail.add_attachment(enclosed)
    mail.add_attachment(b"\x78\x9f\x3e\x22rest", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    assert await channels.outcome_of(mail) == "taken"
    eml, container = await files_of(channels)
    assert (eml["name"], container["name"]) == ("Parcel 77.eml", "winmail.dat")
    content = await content_of(channels, eml)
    assert b"Subject: Parcel 77" in content
    assert b"What the courier said" in content
    assert await content_of(channels, container) == b"\x78\x9f\x3e\x22rest"


async def test_what_is_over_the_limits_is_named(channels: Channels) -> None:
    await channels.connect_email()
    assert await channels.outcome_of(with_files(*(f"{n}.pdf" for n in range(MOST_FILES + 2)))) == "taken"
    assert [file["name"] for file in await files_of(channels)] == [f"{n}.pdf" for n in range(MOST_FILES)]
    [message] = (await channels.only_conversation())["messages"]["nodes"]
    assert message["text"].endswith("[left out: 10.pdf]\n[left out: 11.pdf]")


async def test_a_file_that_the_account_does_not_take_is_named(channels: Channels) -> None:
    await channels.connect_email()
    await channels.baton.done(channels.shop.owner, "updateAccount", attachmentTypes=["image/*"])
    assert await channels.outcome_of(with_files("a.pdf")) == "taken"
    [file] = await files_of(channels)
    assert file["url"] is None
    assert "application/pdf" in file["problem"]
    [message] = (await channels.only_conversation())["messages"]["nodes"]
    assert message["text"].endswith("[left out: a.pdf]")


async def test_an_automatic_mail_stores_no_file(channels: Channels) -> None:
    await channels.connect_email()
    mail = with_files("a.pdf")
    mail["Auto-Submitted"] = "auto-replied"
    assert await channels.outcome_of(mail) == "automatic"
    assert await channels.baton.database["attachments"].count_documents({}) == 0


@pytest.mark.parametrize("content", [b"", b"\r\n"], ids=["empty", "a line end"])
async def test_a_file_without_content_is_named(channels: Channels, content: bytes) -> None:
    await channels.connect_email()
    mail = with_files("a.pdf")
    mail.add_attachment(b"X", maintype="application", subtype="pdf", filename="empty.pdf")
    assert await channels.outcome_of(mail.as_bytes().replace(b"\nWA==\n", content)) == "taken"
    assert [file["name"] for file in await files_of(channels) if file["url"] is not None] == ["a.pdf"]
    [message] = (await channels.only_conversation())["messages"]["nodes"]
    assert message["text"].endswith("[attachment: a.pdf]\n[attachment: empty.pdf]\n[left out: empty.pdf]")


async def test_of_two_files_with_one_name_the_empty_one_is_named(channels: Channels) -> None:
    await channels.connect_email()
    mail = with_files("a.pdf", "a.pdf")
    mail.get_payload(1).set_payload("")  # type: ignore[union-attr]
    assert await channels.outcome_of(mail) == "taken"
    assert [file["name"] for file in await files_of(channels)] == ["a.pdf"]
    [message] = (await channels.only_conversation())["messages"]["nodes"]
    assert message["text"].count("[left out: a.pdf]") == 1


async def test_a_mail_that_is_read_in_part_is_attached_as_a_whole(channels: Channels) -> None:
    await channels.connect_email()
    mail = with_files(*(f"{n}.pdf" for n in range(501))).as_bytes()
    assert await channels.outcome_of(mail) == "taken"
    whole, *others = await files_of(channels)
    assert (whole["name"], whole["bytes"], len(others)) == ("mail.eml", len(mail), MOST_FILES - 1)
    assert await content_of(channels, whole) == mail
    [message] = (await channels.only_conversation())["messages"]["nodes"]
    assert message["text"].startswith("My order\n\nHere it is.\n\n[attachment: mail.eml]\n[attachment: 0.pdf]")
    assert "[left out: 9.pdf]" in message["text"]
