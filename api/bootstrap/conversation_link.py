"""The address at which people read a conversation: the account's own page, or else the IDE with the question put in."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlencode

from api.settings import Settings
from domain.model.conversation import Conversation
from resolvers.relay.global_ids import to_global_id

Link = Callable[[Conversation], str | None]

_QUESTION = """query ($id: ID!) {
  conversation(id: $id) { displayName status messages(first: 100) { nodes { sentAt author { name } text } } }
}"""


def conversation_link(settings: Settings) -> Link:
    """None where there is neither. No credential stands in a link: who follows it brings one."""

    def link(conversation: Conversation) -> str | None:
        conversation_id = to_global_id("Conversation", conversation.id)
        if settings.conversation_url is not None:
            return settings.conversation_url.replace("{id}", conversation_id)
        if not settings.ide:
            return None
        fragment = urlencode({"operation": _QUESTION, "variables": json.dumps({"id": conversation_id})})
        return f"{settings.public_address}/graphql#{fragment}"

    return link
