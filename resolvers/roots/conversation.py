"""The shopper's and the AI agent's commands: a conversation, and asking for a human."""

import strawberry

from resolvers.conversation.mutations.close_conversation import close_conversation
from resolvers.conversation.mutations.identify_visitor import identify_visitor
from resolvers.conversation.mutations.post_agent_message import post_agent_message
from resolvers.conversation.mutations.send_message import send_message
from resolvers.conversation.mutations.set_typing import set_typing
from resolvers.conversation.mutations.start_conversation import start_conversation
from resolvers.conversation.payloads import (
    ConversationPayload,
    SendMessagePayload,
    SetTypingPayload,
    StartConversationPayload,
)
from resolvers.handoff.mutations.answer_handoff_offer import answer_handoff_offer
from resolvers.handoff.mutations.request_handoff import request_handoff
from resolvers.handoff.mutations.withdraw_handoff import withdraw_handoff
from resolvers.handoff.payloads import HandoffPayload


@strawberry.type
class ConversationMutation:
    start_conversation: StartConversationPayload = strawberry.mutation(
        resolver=start_conversation,
        description="Open a conversation with the shopper's first message. Where one of the same shopper is open on "
        "the channel, that one is answered, with the message added to it.",
    )
    send_message: SendMessagePayload = strawberry.mutation(
        resolver=send_message, description="The shopper's next message. Takes a visitor token."
    )
    identify_visitor: ConversationPayload = strawberry.mutation(
        resolver=identify_visitor,
        description="Who the shopper is. Profiles with a common identity become one. Takes a visitor token.",
    )
    close_conversation: ConversationPayload = strawberry.mutation(
        resolver=close_conversation, description="Close it; one that is closed already is answered as it is."
    )
    post_agent_message: SendMessagePayload = strawberry.mutation(
        resolver=post_agent_message,
        description="The AI agent's next message. Refused with NOT_IN_CONTROL where the agent no longer has the "
        "conversation; the text is then kept as a draft for staff. Takes a key with scope `agent`.",
    )
    set_typing: SetTypingPayload = strawberry.mutation(
        resolver=set_typing,
        description="That the caller types, shown to who listens in that moment (TypingChanged) for 6 seconds at most. "
        "Said too often, it is passed on about once a second. Sending the message ends it; writing a note need not be "
        "announced. Takes a visitor token, a member of staff's key, or one with scope `agent`.",
    )
    request_handoff: HandoffPayload = strawberry.mutation(
        resolver=request_handoff,
        description="A human is to come: on the web chat the shopper is asked first; on other channels the ticket is "
        "there at once; under method MESSAGE the account's own text is shown. While one is undecided, that one is "
        "answered. Takes a key with scope `agent` or `handoff:write`.",
    )
    answer_handoff_offer: HandoffPayload = strawberry.mutation(
        resolver=answer_handoff_offer,
        description="The shopper's yes or no. The first answer counts; the same again is answered alike, another is a "
        "Conflict. Takes a visitor token.",
    )
    withdraw_handoff: HandoffPayload = strawberry.mutation(
        resolver=withdraw_handoff,
        description="The shopper takes it back, as long as no human has taken the conversation. Takes a visitor token.",
    )
