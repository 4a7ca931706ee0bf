"""Limits of the mails that strangers can have sent: sliding windows, stored, so that all processes count together.

The address belongs to somebody who has perhaps never heard of the shop, and the mail server is the shop's. Neither a
stranger with many conversations nor one with many addresses may flood them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.email_confirmation.errors import TooManyMails
from domain.model.conversation import Conversation
from domain.model.email_confirmation import (
    ConfirmationMails,
    mails_of_account,
    mails_of_conversation,
    mails_to_address,
)
from domain.storage import UnitOfWork
from domain.values.record import Record

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CONVERSATION_MAILS = 3  # an hour
ADDRESS_MAILS = 5  # a day, of one account: whoever mistypes and forgets needs two or three
ACCOUNT_MAILS = 500  # an hour: a busy shop needs a fraction of it


class _Limit(Record):
    id: str
    most: int
    within: timedelta
    what: str


async def count_mail(uow: UnitOfWork, conversation: Conversation, address: str) -> None:
    """Count a mail to the address. Raises `TooManyMails`, and then counts nothing."""
    limits = (
        _Limit(
            id=mails_of_conversation(conversation.id),
            most=CONVERSATION_MAILS,
            within=HOUR,
            what=f"A conversation gets {CONVERSATION_MAILS} such mails an hour",
        ),
        _Limit(
            id=mails_to_address(uow.account_id, address),
            most=ADDRESS_MAILS,
            within=DAY,
            what=f"An address gets {ADDRESS_MAILS} such mails a day",
        ),
        _Limit(
            id=mails_of_account(uow.account_id),
            most=ACCOUNT_MAILS,
            within=HOUR,
            what=f"The shop sends {ACCOUNT_MAILS} such mails an hour",
        ),
    )
    counted = [await _counted(uow, limit) for limit in limits]
    for mails in counted:
        uow.save(mails)


async def _counted(uow: UnitOfWork, limit: _Limit) -> ConfirmationMails:
    known = await uow.get(ConfirmationMails, limit.id)
    times = _within(known.times if known else (), uow.now - limit.within)
    if len(times) >= limit.most:
        retry_at = times[-limit.most] + limit.within
        raise TooManyMails(
            f"{limit.what}. Look for the mails in the spam folder, or try again later.", retry_at=retry_at
        )
    return ConfirmationMails(id=limit.id, at=uow.now, times=(*times, uow.now))


def _within(times: tuple[datetime, ...], since: datetime) -> tuple[datetime, ...]:
    return tuple(at for at in times if at > since)
