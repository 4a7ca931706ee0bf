"""Confirmations of addresses in a shop in memory: who asks for mails, and who presses which button."""

from __future__ import annotations

from datetime import datetime

from domain.connected_services.channels import RepliesMailedBy, Security
from domain.email_confirmation.service import EmailConfirmationService, OpenedLink, SendEmailConfirmation
from domain.email_confirmation.tokens import ConfirmationTokens
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.conversation import Conversation
from domain.model.email_confirmation import EmailConfirmation
from tests.harness.memory_shop import NOON, MemoryShop
from tests.harness.memory_unit_of_work import MemoryStorage


def mail_server_of(storage: MemoryStorage) -> ConnectedService:
    """The connection of an account to its mail server."""
    return ConnectedService(
        id=connected_service_id(storage.account.id, Service.EMAIL),
        service=Service.EMAIL,
        settings={
            "host": "smtp.example.com",
            "from_address": "help@shop.example",
            "security": Security.TLS,
            "replies_mailed_by": RepliesMailedBy.BATON,
        },
        sealed="",
        connected_at=NOON,
        checked_at=NOON,
    )


class Confirmations:
    def __init__(self, shop: MemoryShop) -> None:
        self.shop = shop
        self.storage = shop.storage
        self.tokens = ConfirmationTokens(b"secret")
        self.service = EmailConfirmationService(storage=shop.storage, tokens=self.tokens, clock=self)

    def now(self) -> datetime:
        return self.storage.now

    async def ask(self, talk: Conversation, key: str | None = None) -> str:
        """Whoever has the conversation's visitor token asks for a mail. Returns the token of its link."""
        command = SendEmailConfirmation(conversation_id=talk.id)
        sent = await self.service.send(self.shop.shopper(talk), command, key)
        return self.token_of(sent.confirmation)

    def token_of(self, confirmation: EmailConfirmation) -> str:
        return self.tokens.token(self.storage.account.id, confirmation.id)

    async def press(self, token: str) -> OpenedLink | None:
        """The owner of the mailbox presses the button."""
        return await self.service.confirm(token, address="192.0.2.1")
