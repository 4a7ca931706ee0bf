"""The mutation `setTicketMails`."""

from datetime import timedelta
from typing import Annotated

import strawberry

from domain.inbox.commands import SetTicketMails
from resolvers.account.enums import TicketMails
from resolvers.account.types import Staff
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.inbox.payloads import StaffPayload


@strawberry.input(description="How the caller is told by e-mail of tickets that wait.")
class SetTicketMailsInput:
    ticket_mails: TicketMails = strawberry.field(description="At once, in a digest, or not at all.")
    digest_every: timedelta | None = strawberry.field(
        default=None,
        description="DIGEST: the time between the first ticket that waits and the mail, from 5 minutes to 7 days, for "
        "example `PT1H`. Omit it to keep the present value.",
    )


@refusals_in(StaffPayload)
async def set_ticket_mails(
    info: Info, input: Annotated[SetTicketMailsInput, strawberry.argument(description="The setting of the caller.")]
) -> StaffPayload:
    principal = info.context.principal
    command = SetTicketMails(ticket_mails=input.ticket_mails, digest_every=input.digest_every)
    staff = await info.context.services.inbox.set_ticket_mails(principal, command)
    return StaffPayload(staff=Staff.of(staff, principal))
