"""What the handoff's mutations answer."""

from typing import Self

import strawberry

from domain.model import conversation as conversation_model
from domain.model import handoff as model
from resolvers.conversation.types import Conversation
from resolvers.errors import Payload
from resolvers.handoff.settings import HandoffSettings
from resolvers.handoff.types import Handoff


@strawberry.type(description="What came of a step of a handoff.")
class HandoffPayload(Payload):
    handoff: Handoff | None = strawberry.field(default=None, description="The handoff; null when refused.")
    conversation: Conversation | None = strawberry.field(
        default=None, description="The conversation with it; null when refused."
    )

    @classmethod
    def of(cls, done: tuple[model.Handoff, conversation_model.Conversation]) -> Self:
        handoff, conversation = done
        return cls(handoff=Handoff.of(handoff, conversation), conversation=Conversation.of(conversation))


@strawberry.type(description="What came of a change of the handoff settings.")
class HandoffSettingsPayload(Payload):
    handoff_settings: HandoffSettings | None = strawberry.field(
        default=None, description="The settings as they are now; null when refused."
    )
