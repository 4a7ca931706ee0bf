"""Random conversations in several scripts, and a plain scan of the database as the reference for searches."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.search.tokenizer import addresses_in, folded, grouped_numbers, words_of
from tests.harness.program import Json, Program, Shop, Started

VOCABULARY = [
    *("order", "orders", "ordered", "Order", "ORDER", "café", "Cafe", "naïve", "don't", "o'brien", "x_y", "3.14"),
    *("straße", "STRASSE", "Łódź", "lodz", "İstanbul", "istanbul", "ёлка", "Елка", "заказ", "Заказы", "παραγγελία"),
    *(
        "ΠΑΡΑΓΓΕΛΊΑ",
        "订单",
        "订",
        "单子",
        "注文",
        "ガス",
        "かす",
        "주문",
        "주문이",
        "טבעת",
        "طلب",
        "طَلَب",
        "ส่งของ",
        "नमस्ते",
    ),
    *("1234", "12345", "#1234-56", "+39 333 1234567", "ann@example.com", "bob@example.org", "$where", "100%", "a.b.c"),
]
NAMES = ["Ann Smith", "ann müller", "Анна Петрова", "陈 小明", "O'Brien", "Order", "Zoë"]
EMAILS = ["ann@example.com", "Ann.Smith@example.com", "bob@example.org", "order@shop.example", "zoe@cafe.example"]
PHONES = ["+393331234567", "+14155552671", "+4917123456789", "+442079460123"]
TAGS = ["returns", "Größe", "order", "a:b", "$tag.x"]
CHANNELS = ["WEB_CHAT", "SMS", "EMAIL", "WHATSAPP"]
SEPARATORS = [" ", " ", " ", ", ", "\n", "—", "! ", "/"]


class RandomConversations:
    """Random commands without consistency checks, so that there can be many."""

    def __init__(self, program: Program, shop: Shop, seed: int) -> None:
        self.program = program
        self.shop = shop
        self.random = random.Random(seed)
        self.open: list[Started] = []

    def text(self) -> str:
        words = self.random.choices(VOCABULARY, k=self.random.randint(1, 6))
        return "".join(word + self.random.choice(SEPARATORS) for word in words).strip() or "order"

    def visitor(self) -> dict[str, str]:
        chosen = {"name": NAMES, "email": EMAILS, "phone": PHONES, "anonymousId": ["b1", "b2", "b3", "b4"]}
        return {key: self.random.choice(values) for key, values in chosen.items() if self.random.random() < 0.4}

    async def step(self) -> None:
        self.program.clock.move(timedelta(minutes=self.random.choice([0, 1, 7, 60, 60 * 26])))
        deeds = [self.start, self.start, self.say, self.say, self.reply, self.note, self.identify, self.close]
        await self.random.choice(deeds)()

    async def start(self) -> None:
        given = {"channel": self.random.choice(CHANNELS), "text": self.text(), "visitor": self.visitor()}
        payload = await self.program.mutate_brief(self.shop.widget, "startConversation", **given)
        conversation = payload["conversation"]
        self.open.append(
            Started(shop=self.shop, id=conversation["id"], token=payload["visitorToken"], conversation={}, message={})
        )

    async def say(self) -> None:
        if self.open:
            chosen = self.random.choice(self.open)
            await self.program.mutate_brief(chosen.token, "sendMessage", conversationId=chosen.id, text=self.text())

    async def reply(self) -> None:
        if self.open:
            chosen = self.random.choice(self.open)
            given = {"conversationId": chosen.id, "epoch": 1, "text": self.text()}
            given["tags"] = self.random.sample(TAGS, self.random.randint(0, 2))
            if self.random.random() < 0.3:
                given["products"] = [{"productId": "p", "title": self.text()[:100].replace("\n", " ")}]
            await self.program.mutate_brief(self.shop.agent, "postAgentMessage", **given)

    async def note(self) -> None:
        if self.open:
            chosen = self.random.choice(self.open)
            await self.program.errors_of(self.shop.owner, "addNote", conversationId=chosen.id, text=self.text())

    async def identify(self) -> None:
        if self.open and (given := self.visitor()):
            given.pop("anonymousId", None)
            chosen = self.random.choice(self.open)
            await self.program.errors_of(chosen.token, "identifyVisitor", conversationId=chosen.id, **given)

    async def close(self) -> None:
        if self.open:
            chosen = self.open.pop(self.random.randrange(len(self.open)))
            await self.program.mutate_brief(chosen.token, "closeConversation", conversationId=chosen.id)

    def search(self) -> str:
        """A random search: words, prefixes or people, sometimes with a trailing space."""
        pool = [*VOCABULARY, *NAMES, *EMAILS, *PHONES, "Smith Ann", "333 123", "+39 333", "(415) 555-2671", "ann@"]
        words = self.random.choices(pool, k=self.random.choice([1, 1, 1, 2, 3]))
        text = " ".join(words)
        if self.random.random() < 0.5:
            text = text[: max(1, len(text) - self.random.randint(1, 3))]
        return text + self.random.choice(["", " "])


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredConversation:
    """A conversation with all its stored data."""

    id: str
    row: Json
    messages: list[Json]
    profile: Json

    @property
    def words(self) -> set[str]:
        texts = [m["text"] for m in self.messages]
        texts += [card["title"] for m in self.messages for card in m.get("products", [])]
        return {
            token
            for text in texts
            for token in (
                *words_of(text),
                *addresses_in(text),
                *(digits for _, digits in grouped_numbers(folded(text))),
            )
        }

    @property
    def names(self) -> set[str]:
        found: set[str] = set()
        for known in (self.row["visitor"], self.profile):
            found |= {*words_of(known.get("name", "")), *words_of(known.get("email", ""))}
            found |= {known[key].lower() for key in ("email",) if known.get(key)}
        return found

    @property
    def numbers(self) -> set[str]:
        phones = {known.get("phone", "").removeprefix("+") for known in (self.row["visitor"], self.profile)}
        codes = ("39", "1", "49", "44")
        return phones | {phone.removeprefix(code) for phone in phones for code in codes if phone.startswith(code)}

    def is_found_by(self, wanted: list[tuple[tuple[str, ...], bool]]) -> bool:
        words, names, numbers = self.words, self.names, self.numbers
        return all(
            any(
                any(name.startswith(form) for name in names)
                or (len(form) > 2 and any(number.startswith(form) for number in numbers))
                or (form in words if complete else any(word.startswith(form) for word in words))
                for form in forms
            )
            for forms, complete in wanted
        )

    def last_message_at(self) -> datetime:
        at: datetime = max(m["sent_at"] for m in self.messages if m["kind"] != "NOTE")
        return at


def _numbers(text: str) -> list[str]:
    return [digits for _, digits in grouped_numbers(folded(text))]


async def all_stored(program: Program, shop: Shop) -> list[StoredConversation]:
    mine: dict[str, Any] = {"account": shop.id}
    profiles = {p["_id"]: p for p in await program.database["profiles"].find(mine).to_list()}
    messages: dict[str, list[Json]] = {}
    async for message in program.database["messages"].find(mine, sort=[("sequence", 1)]):
        messages.setdefault(message["conversation_id"], []).append(message)
    held = []
    async for row in program.database["conversations"].find(mine):
        profile = profiles[row["profile_id"]]
        while "merged_into" in profile:
            profile = profiles[profile["merged_into"]]
        held.append(StoredConversation(id=row["_id"], row=row, messages=messages[row["_id"]], profile=profile))
    return held
