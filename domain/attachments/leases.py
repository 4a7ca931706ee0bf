"""The lease of an attempt to receive a file, which keeps other attempts away while its process lives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from domain.model.attachments import RENEWAL, Attachment, AttachmentState
from domain.storage import Storage, UnitOfWork
from domain.values.errors import Unavailable
from domain.values.ids import AccountId
from domain.values.record import replace


@asynccontextmanager
async def lease_renewed(storage: Storage, account_id: AccountId, row: Attachment) -> AsyncIterator[None]:
    """Renew the lease of an attempt for the duration of the block. If its process dies, the lease ends after
    `ATTEMPT_LIFE`; if the database does not respond for as long, another attempt takes over, and this one fails."""

    async def change(uow: UnitOfWork) -> None:
        present = await uow.get(Attachment, row.id)
        if present is not None and present.blob == row.blob and present.state is AttachmentState.RECEIVING:
            uow.save(replace(present, lease_renewed_at=uow.now))

    async def renew() -> None:
        while True:
            await asyncio.sleep(RENEWAL.total_seconds())
            with suppress(Unavailable):
                await storage.write(account_id, change)

    renewal = asyncio.create_task(renew(), name="lease of a file")
    try:
        yield
    finally:
        renewal.cancel()  # and not awaited: the caller's own cancellation would be lost with that of the renewal
