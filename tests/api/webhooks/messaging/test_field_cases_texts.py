"""Cases from the field on numbers, places and opt-outs by SMS and WhatsApp. Each names its source, public threads about
other products read as symptoms; *variation* marks inputs that were made up here."""

from __future__ import annotations

import pytest

from dev.fakes.twilio import NUMBER
from tests.api.webhooks.messaging.channels import PHONE, Channels
from tests.harness.program import Json

WHATSAPP = {"to": f"whatsapp:{NUMBER}"}
PROFILES = "{ conversations { nodes { id channel profile { id phone } } } }"


@pytest.fixture
async def twilio(channels: Channels) -> Channels:
    await channels.connect_twilio()
    return channels


async def last_texts(channels: Channels) -> list[str]:
    """The texts of the shopper in the latest conversation."""
    latest: Json = (await channels.conversations())[-1]
    return [m["text"] for m in latest["messages"]["nodes"] if m["author"]["kind"] == "SHOPPER"]


@pytest.mark.parametrize(
    "number",
    ["+5215512345678", "+5491123456789", "+541123456789", "+551187654321", "+5511987654321", "+99912345678"],
)
async def test_a_number_that_a_carrier_gives_is_kept(twilio: Channels, number: str) -> None:
    """Sources: chatwoot#14048, PR#14926, #14174 (whatsapp-mexico-521); variations in other countries."""
    await twilio.text("Hola", sender=f"whatsapp:{number}", **WHATSAPP)
    assert await last_texts(twilio) == ["Hola"]
    await twilio.reply_as_agent("Here it is.")
    await twilio.deliver()
    assert twilio.twilio.sent_to(f"whatsapp:{number}") == ["Here it is."]


@pytest.mark.parametrize(
    ("by_sms", "by_whatsapp"),
    [
        ("+523312345678", "+5213312345678"),  # source: variation of chatwoot#14048
        ("+5511987654321", "+551187654321"),  # sources: chatwoot PR#14263, #13986, #12655
        ("+541123456789", "+5491123456789"),  # a variation
        ("+5491123456789", "+541123456789"),
    ],
)
async def test_two_ways_to_write_a_number_are_one_person(twilio: Channels, by_sms: str, by_whatsapp: str) -> None:
    await twilio.text("uno", sender=by_sms)
    await twilio.text("dos", sender=f"whatsapp:{by_whatsapp}", **WHATSAPP)
    found = (await twilio.baton.data(twilio.shop.owner, PROFILES))["conversations"]["nodes"]
    assert {c["channel"] for c in found} == {"SMS", "WHATSAPP"}
    assert len({c["profile"]["id"] for c in found}) == 1
    await twilio.reply_as_agent("Here it is.")
    await twilio.deliver()
    assert twilio.twilio.sent_to(f"whatsapp:{by_whatsapp}") == ["Here it is."]


@pytest.mark.parametrize(
    ("one", "other"),
    [("+551132654321", "+5511932654321"), ("+5215512345678", "+5215512345679"), ("+393331234567", "+3933331234567")],
)
async def test_other_numbers_are_two_persons(twilio: Channels, one: str, other: str) -> None:
    """Variations: a landline of Brazil has eight digits, and no ninth is added."""
    await twilio.text("uno", sender=one)
    await twilio.text("dos", sender=other)
    found = (await twilio.baton.data(twilio.shop.owner, PROFILES))["conversations"]["nodes"]
    assert len({c["profile"]["id"] for c in found}) == 2


PLACE = {"Latitude": "45.46", "Longitude": "9.19"}
WITHOUT_WORDS = {
    # Sources: chatwoot PR#11830, #3398, RocketChat#16763, waha#1205.
    "whatsapp-location": (
        "",
        {**PLACE, "Address": "Via Roma 1, Milano", "Label": "Home"},
        ["Home", "Via Roma 1, Milano", "45.46,9.19"],
    ),
    # Variation of waha#1205.
    "whatsapp-location-with-words": ("I am here, come by 5", PLACE, ["I am here, come by 5", "45.46,9.19"]),
    # Variations: what has no text of its own arrives by its kind.
    "south-west": ("", {"Latitude": "-33.45", "Longitude": "-70.66"}, ["-33.45,-70.66"]),
    "reply": ("Yes, that one", {"OriginalRepliedMessageSid": "SM1"}, ["Yes, that one"]),
    "reply-without-words": ("", {"OriginalRepliedMessageSid": "SM1"}, ["[reply]"]),
    "reaction": ("👍", {"MessageType": "reaction", "OriginalRepliedMessageSid": "SM1"}, ["👍"]),
    "reaction-taken-back": ("", {"MessageType": "reaction"}, ["[reaction]"]),
    "button": ("", {"MessageType": "button", "ButtonText": "Track it"}, ["Track it"]),
    "contacts": ("", {"MessageType": "contacts"}, ["[contacts]"]),
    # A control.
    "whatsapp-contact-card": ("", {"NumMedia": "1", "MediaContentType0": "text/vcard"}, ["text/vcard"]),
}


@pytest.mark.parametrize(("body", "fields", "parts"), WITHOUT_WORDS.values(), ids=WITHOUT_WORDS)
async def test_what_is_more_than_words_arrives(
    twilio: Channels, body: str, fields: dict[str, str], parts: list[str]
) -> None:
    await twilio.text(body, sender=f"whatsapp:{PHONE}", **WHATSAPP, **fields)
    [text] = await last_texts(twilio)
    assert all(part in text for part in parts), text


async def test_coordinates_that_are_no_numbers_are_left_out(twilio: Channels) -> None:
    await twilio.text("Hi", Latitude="<a>", Longitude="9")
    assert await last_texts(twilio) == ["Hi"]


MMS = {"NumMedia": "1", "MediaContentType0": "image/png", "MediaUrl0": "https://api.twilio.com/x"}
STOPS = {
    "opt-out-two-words": ("Opt out", {}),  # source: Rock#6399
    "opt-out-hyphen": ("opt-out", {}),  # source: Rock#6399
    "stop-full-width": ("ＳＴＯＰ", {}),  # source: VA notification-api#313
    "stop-with-emoji": ("stop 🛑", {}),  # source: p2pu/learning-circles#593
    "stop-with-comma": ("Stop, ", {}),  # source: variation of p2pu#593
    "mms-with-opt-out-type": ("STOP", {**MMS, "OptOutType": "STOP"}),  # source: Twilio's OptOutType
    # Variations.
    "carriers-own-list": ("ARRET", {"OptOutType": "STOP"}),
    "mms": ("Stop", MMS),
    "in-brackets": ("(STOP)", {}),
    "two-lines": ("\nstop\n\n", {}),
    "heart": ("❤️ Stop!!! ❤️", {}),
    "full-width-two-words": ("ｏｐｔ　ｏｕｔ", {}),
    "opt_out": ("OPT_OUT.", {}),
    "stop-all": ("Stop all", {}),
    "zero-width": ("STOP\u200b", {}),
    "cancel": ("Cancel", {}),
    "twice": ("STOP. Stop!", {}),
    "un-subscribe": ("un-subscribe", {}),
    "arret": ("Arrêt", {}),
    "mathematical": ("𝐒𝐓𝐎𝐏", {}),
    "no-break": ("stop\u00a0", {}),
    "opt-type-in-lower-case": ("no more", {"OptOutType": "stop"}),
    # Controls.
    "stop": ("STOP", {}),
    "stop-with-dot": (" stop. ", {}),
}
CONTINUES = {
    "stop-in-a-sentence": "Please stop sending it to my old address",
    "stop-it-is-a-sentence": "Can you stop the parcel?",
    # Variations.
    "opt-out-in-a-sentence": "I want to opt out of insurance",
    "question": "Stop?",
    "emoji-alone": "🛑",
    "stopped": "stopped",
    "stop-and-start": "stop start",
    "unstoppable": "un stop able",
}


async def sent_after(channels: Channels, body: str, sender: str, **fields: str) -> list[str]:
    """What reaches the number after it has sent the text."""
    to = {"to": f"whatsapp:{NUMBER}"} if sender.startswith("whatsapp") else {}
    await channels.text("Where is it", sender=sender, **to)
    await channels.reply_as_agent("One moment.")
    await channels.deliver()
    await channels.text(body, sender=sender, **to, **fields)
    await channels.reply_as_agent("It is on its way.")
    await channels.deliver()
    return channels.twilio.sent_to(sender)[1:]


@pytest.mark.parametrize(("body", "fields"), STOPS.values(), ids=STOPS)
async def test_opt_outs(twilio: Channels, body: str, fields: dict[str, str]) -> None:
    assert await sent_after(twilio, body, PHONE, **fields) == []
    assert await last_texts(twilio) == ["Where is it"]


@pytest.mark.parametrize("body", CONTINUES.values(), ids=CONTINUES)
async def test_no_opt_outs(twilio: Channels, body: str) -> None:
    assert await sent_after(twilio, body, PHONE) == ["It is on its way."]
    assert await last_texts(twilio) == ["Where is it", body]


@pytest.mark.parametrize("body", ["Cancel", "End", "quit!", "QUIT"])
async def test_answers_on_whatsapp(twilio: Channels, body: str) -> None:
    """Sources: Twilio's opt-out words (whatsapp-cancel-is-an-answer), variations of it."""
    assert await sent_after(twilio, body, f"whatsapp:{PHONE}") == ["It is on its way."]
    assert await last_texts(twilio) == ["Where is it", body]


@pytest.mark.parametrize(("body", "fields"), [("Stop", {}), ("opt out", {}), ("Cancel", {"OptOutType": "STOP"})])
async def test_whatsapp_stop_stops(twilio: Channels, body: str, fields: dict[str, str]) -> None:
    """A control, with variations."""
    assert await sent_after(twilio, body, f"whatsapp:{PHONE}", **fields) == []


async def test_start_starts_again(twilio: Channels) -> None:
    """A control."""
    assert await sent_after(twilio, "STOP", PHONE) == []
    await twilio.text("Start!")
    await twilio.reply_as_agent("Welcome back.")
    await twilio.deliver()
    assert twilio.twilio.sent_to(PHONE)[1:] == ["Welcome back."]


async def test_an_opt_out_counts_for_both_forms_of_a_number(twilio: Channels) -> None:
    """A variation: the shop starts a conversation with the other form."""
    assert await sent_after(twilio, "STOP", "whatsapp:+551187654321") == []
    given = {"channel": "WHATSAPP", "phone": "+5511987654321"}
    await twilio.baton.start(twilio.shop, "Hi", key=twilio.shop.owner, **given)
    await twilio.reply_as_agent("Hello")
    await twilio.deliver()
    assert twilio.twilio.sent_to("whatsapp:+5511987654321") == []


async def test_a_picture_with_the_word_help_is_a_message(twilio: Channels) -> None:
    await twilio.text("help", **MMS)
    assert await last_texts(twilio) == ["help\n\n[attachment: image/png]"]
