"""The schema: the roots put together, and the types that stand behind interfaces."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from resolvers.errors import ERROR_TYPES
from resolvers.events.types import EVENT_TYPES
from resolvers.roots.commerce import CommerceMutation
from resolvers.roots.conversation import ConversationMutation
from resolvers.roots.forwarding import ForwardingMutation
from resolvers.roots.inbox import InboxMutation
from resolvers.roots.query import Query
from resolvers.roots.settings import SettingsMutation
from resolvers.roots.subscription import Subscription
from resolvers.scalars import SCALARS


@strawberry.type(
    description="Commands. Each takes an input and answers a payload, whose `errors` are [] exactly when it was done."
)
class Mutation(ConversationMutation, InboxMutation, CommerceMutation, SettingsMutation, ForwardingMutation):
    pass


def _schema(*, sort: bool) -> strawberry.Schema:
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[*ERROR_TYPES, *EVENT_TYPES],
        config=StrawberryConfig(scalar_map=SCALARS, sort_schema=sort),
    )


schema = _schema(sort=False)


def sdl() -> str:
    """What stands in `schema.graphql`. Sorted apart from the schema that is executed, because sorting replaces its enum
    types by plain ones, which take values for members (strawberry-graphql 0.341)."""
    return _schema(sort=True).as_str() + "\n"
