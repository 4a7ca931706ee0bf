"""The address at which people read a conversation: the operator's own page, or else the API page with a query in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlencode

from api.settings import Settings
from domain.model.conversation import Conversation
from resolvers.relay.global_ids import to_global_id

Link = Callable[[Conversation], str | None]

_QUERY = """query ($id: ID!) {
  conversation(id: $id) { displayName status messages(first: 100) { nodes { sentAt author { name } text } } }
}"""


def conversation_link(settings: Settings) -> Link:
    """Return the function that makes links; it returns None if there is no page. A link contains no credential."""

    def link(conversation: Conversation) -> str | None:
        conversation_id = to_global_id("Conversation", conversation.id)
        if settings.conversation_url is not None:
            return settings.conversation_url.replace("{id}", conversation_id)
        if not settings.ide:
            return None
        fragment = urlencode({"operation": _QUERY, "variables": json.dumps({"id": conversation_id})})
        return f"{settings.public_address}/graphql#{fragment}"

    return link
