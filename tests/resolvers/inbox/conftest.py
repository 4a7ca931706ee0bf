"""A waiting ticket, and a second staff member of the same role."""

from __future__ import annotations

import pytest

from domain.principal import StaffRole
from tests.harness.chat import Chat
from tests.harness.program import Program, Shop


@pytest.fixture
async def colleague(baton: Program, shop: Shop) -> str:
    """The key of a second SUPPORT member."""
    accounts = baton.baton.services.accounts
    member = await baton.add_member(shop, "Colleague", "colleague@shop.example", StaffRole.SUPPORT)
    return (await accounts.create_staff_key(shop.id, member.id)).token


@pytest.fixture
async def chat(baton: Program, shop: Shop) -> Chat:
    """A conversation by SMS, where the request hands over at once: queued, in epoch 2."""
    chat = await Chat.of(baton, shop, channel="SMS")
    await chat.request(summary="Wants boots.")
    return chat
