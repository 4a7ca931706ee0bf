"""The mutation `replyToConversation`."""

from typing import Annotated

import strawberry

from domain.inbox.commands import Reply
from domain.model.conversation import MessageTemplate, TemplateVariable
from resolvers.account.ids import staff_id_of
from resolvers.arguments import IdempotentInput
from resolvers.attachments.ids import ATTACHMENTS, attachment_ids_of
from resolvers.context import Info
from resolvers.conversation.ids import conversation_id_of
from resolvers.conversation.payloads import SendMessagePayload
from resolvers.errors import refusals_in


@strawberry.input(description="The value of a variable of a template.")
class TemplateVariableInput:
    name: str = strawberry.field(description="The name of the variable in the template, such as `1`.")
    value: str = strawberry.field(description="The value: one line of at most 1,024 characters.")


@strawberry.input(description="An approved content template of WhatsApp, and the values of its variables.")
class MessageTemplateInput:
    sid: str = strawberry.field(description="Twilio's SID of the template: `HX` and 32 hexadecimal digits.")
    variables: list[TemplateVariableInput] = strawberry.field(
        default_factory=list, description="The values of the template's variables, at most 100, each once."
    )

    def to_template(self) -> MessageTemplate:
        given = tuple(TemplateVariable(name=variable.name, value=variable.value) for variable in self.variables)
        return MessageTemplate(sid=self.sid, variables=given)


@strawberry.input(description="A message of a human to the shopper.")
class ReplyToConversationInput(IdempotentInput):
    conversation_id: strawberry.ID = strawberry.field(description="The ID of the conversation.")
    text: str = strawberry.field(
        description="The text of the message, from 1 to 32,000 characters. It is stored unchanged."
    )
    last_seen_sequence: int | None = strawberry.field(
        default=None,
        description="The `sequence` of the last message that the author has seen. If the shopper wrote after it, "
        "nothing is sent and the error is `StaleView`. Omit it to send in any case.",
    )
    staff_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The ID of the member of staff who wrote the message: required for keys with scope `inbox:write`, "
        "which reply within the limits of that member. Members of staff write in their own name only.",
    )
    attachments: list[strawberry.ID] | None = strawberry.field(default=None, description=ATTACHMENTS)
    template: MessageTemplateInput | None = strawberry.field(
        default=None,
        description="WhatsApp: the template in which the reply leaves, in place of `text`, at any time. `text` should "
        "be what the shopper reads then: Baton shows it. A reply after `windowEndsAt` that names no template leaves "
        "in the account's own (`connectChannel`, `templateSid`), or is refused with CONFLICT if there is none. Refused "
        "with INVALID on other channels, and together with attachments.",
    )


@refusals_in(SendMessagePayload)
async def reply_to_conversation(
    info: Info,
    input: Annotated[ReplyToConversationInput, strawberry.argument(description="The message and its conversation.")],
) -> SendMessagePayload:
    command = Reply(
        conversation_id=conversation_id_of(input.conversation_id),
        text=input.text,
        last_seen_sequence=input.last_seen_sequence,
        staff_id=None if input.staff_id is None else staff_id_of(input.staff_id),
        attachments=attachment_ids_of(input.attachments),
        template=None if input.template is None else input.template.to_template(),
    )
    sent = await info.context.services.replies.reply(info.context.principal, command, key=input.idempotency_key)
    return SendMessagePayload(added=sent.message, to=sent.conversation)
