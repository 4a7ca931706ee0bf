"""The resolver of `sessions`."""

from typing import Annotated

import strawberry

from resolvers.arguments import After, First
from resolvers.context import Info
from resolvers.sign_in.enums import SessionView
from resolvers.sign_in.types import SessionConnection, session_listing


async def sessions(
    info: Info,
    view: Annotated[
        SessionView, strawberry.argument(description="The sessions to return. Default: those of the caller.")
    ] = SessionView.MINE,
    first: First = None,
    after: After = None,
) -> SessionConnection | None:
    context = info.context
    listing = session_listing(context)
    page = await context.services.sign_in.sessions.page(
        context.principal, everybody=view is SessionView.ALL, page=listing.slice(first, after)
    )
    return SessionConnection(**listing.parts(page))
