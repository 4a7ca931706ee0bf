"""Media of MMS and WhatsApp: the webhook names them, and a worker fetches them."""

from __future__ import annotations

from datetime import timedelta

from tests.api.webhooks.messaging.channels import PHONE, Channels
from tests.api.webhooks.messaging.test_mail_files import PDF, PNG, content_of, files_of


async def fetch_due(channels: Channels) -> None:
    await channels.baton.baton.workers.timers.fire_due()


async def test_media_are_fetched_once_with_the_credentials(channels: Channels) -> None:
    await channels.connect_twilio()
    media = {
        "NumMedia": "2",
        "MediaContentType0": "image/png",
        "MediaUrl0": channels.twilio.media_url("ME1", "image/png", PNG),
        "MediaContentType1": "application/pdf",
        "MediaUrl1": channels.twilio.media_url("ME2", "application/pdf", PDF),
    }
    form = channels.twilio.incoming(f"whatsapp:{PHONE}", "Broken", **media)
    for _ in range(2):
        assert (await channels.post_form(form)).status_code == 200
    assert channels.twilio.fetched == []  # the webhook was answered without them
    assert await channels.messages() == [
        ("SHOPPER", "Broken\n\n[attachment: image/png]\n[attachment: application/pdf]")
    ]
    for _ in range(2):
        await fetch_due(channels)
    assert sorted(channels.twilio.fetched) == ["ME1", "ME2"]
    picture, bill = sorted(await files_of(channels), key=lambda file: str(file["name"]), reverse=True)
    assert (picture["name"], picture["contentType"]) == ("image-1.png", "image/png")
    assert (bill["name"], bill["contentType"]) == ("application-2.pdf", "application/pdf")
    assert await content_of(channels, picture) == PNG
    assert await content_of(channels, bill) == PDF
    assert [author for author, _ in await channels.messages()] == ["SHOPPER"] * 3


async def test_a_file_that_cannot_be_fetched_leaves_a_note(channels: Channels) -> None:
    await channels.connect_twilio()
    address = channels.twilio.media_url("ME1", "image/png", PNG)
    channels.twilio.media.clear()
    await channels.text("", NumMedia="1", MediaContentType0="image/png", MediaUrl0=address)
    await fetch_due(channels)
    assert len(await channels.messages()) == 1  # it may come later
    channels.baton.clock.move(timedelta(hours=3))
    await fetch_due(channels)
    await fetch_due(channels)
    [_, (author, text)] = await channels.messages()
    assert author == "SYSTEM"
    assert text == "The file image-1.png could not be fetched from Twilio: status 404"


async def test_addresses_inside_are_not_called(channels: Channels) -> None:
    """The credentials go to Twilio's host alone, and no request goes into a private network."""
    await channels.connect_twilio()
    address = "http://127.0.0.2:1/secret.png"
    await channels.text("Hi", NumMedia="1", MediaContentType0="image/png", MediaUrl0=address)
    await fetch_due(channels)
    assert "could not be fetched from Twilio: It leads into a private network" in (await channels.messages())[-1][1]
