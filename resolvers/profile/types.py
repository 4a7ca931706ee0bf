"""GraphQL type of a shopper's profile."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Self, cast

import strawberry

from domain.model import conversation as conversation_model
from domain.model import profile as model
from domain.principal import Permission
from domain.storage import ConversationQuery
from domain.values.errors import Field, NotFound
from domain.values.ids import ConversationId, ProfileId
from resolvers.arguments import After, First
from resolvers.context import Context, Info
from resolvers.relay.global_ids import Node, key_of, to_global_id

if TYPE_CHECKING:
    from resolvers.conversation.page import ConversationConnection
    from resolvers.events.page import EventConnection
    from resolvers.profile.merges import ProfileMerge


@strawberry.type(
    description="A shopper, as far as the account knows the identity. Profiles with a proved identity in common are "
    "merged. A browser without a proof has a profile of its own, with `verified` false."
)
class Profile(Node):
    ids: strawberry.Private[tuple[ProfileId, ...]]  # of the profile and of those merged into it
    merged: strawberry.Private[tuple[model.ProfileMerge, ...]]
    only: strawberry.Private[ConversationId | None]  # set if the caller is the shopper of this conversation
    verified: bool = strawberry.field(
        description="Whether the identity is proved: by an identity token, a caller with a secret key, or the channel. "
        "If false, name, e-mail address and phone number are claims of one browser and may be somebody else's, and "
        "`externalId` is `null` for staff and keys; a shopper sees what it claimed."
    )
    external_id: str | None = strawberry.field(description="The shop's own ID of the shopper.")
    name: str | None = strawberry.field(description="The name of the shopper.")
    email: str | None = strawberry.field(description="The e-mail address of the shopper.")
    phone: str | None = strawberry.field(
        description="The phone number of the shopper in E.164 format, for example `+393331234567`."
    )
    display_name: str = strawberry.field(
        description="The shopper's name, or else e-mail address, or else phone number, or else `Anonymous`."
    )

    @strawberry.field(
        description="The conversations of the shopper, the newest first. A shopper sees only the present conversation."
    )
    async def conversations(
        self, info: Info, first: First = 25, after: After = None
    ) -> Annotated["ConversationConnection", strawberry.lazy("resolvers.conversation.page")]:
        from resolvers.conversation.page import conversation_connection, conversation_listing

        query = ConversationQuery(profile_ids=self.ids, ids=(self.only,) if self.only else ())
        listing = conversation_listing(info.context, query)
        return await conversation_connection(info, query, listing, listing.slice(first, after))

    @strawberry.field(
        description="The business events of the shopper, the newest first. Requires permission to read events."
    )
    async def events(
        self, info: Info, first: First = 25, after: After = None
    ) -> Annotated["EventConnection", strawberry.lazy("resolvers.events.page")]:
        from resolvers.events.page import events_of

        return await events_of(info.context, self.ids, first, after)

    @strawberry.field(
        description="The latest merges of other profiles into this one, at most 50, the last one first. For staff; "
        "`null` for everybody else."
    )
    async def merges(
        self, info: Info
    ) -> list[Annotated["ProfileMerge", strawberry.lazy("resolvers.profile.merges")]] | None:
        from resolvers.profile.merges import merges_of

        return merges_of(info.context, self.merged)

    @classmethod
    def of(cls, row: model.Profile) -> Self:
        return cls(
            id=to_global_id("Profile", row.id),
            ids=(row.id, *row.merged_ids),
            merged=row.merges,
            only=None,
            verified=row.verified,
            external_id=row.external_id,
            name=row.name,
            email=row.email,
            phone=row.phone,
            display_name=row.display_name,
        )

    @classmethod
    def for_shopper(cls, conversation: conversation_model.Conversation) -> Self:
        """Return the profile as the shopper sees it: only the identity that was given in this conversation."""
        visitor = conversation.visitor
        return cls(
            id=to_global_id("Profile", conversation.profile_id),
            ids=(conversation.profile_id,),
            merged=(),
            only=conversation.id,
            verified=visitor.is_proved,
            external_id=visitor.external_id,
            name=visitor.name,
            email=visitor.email,
            phone=visitor.phone,
            display_name=conversation.display_name,
        )


async def find_profile(context: Context, profile_id: ProfileId) -> model.Profile | None:
    """Return the profile, or the profile into which it was merged."""
    profile = await context.profiles.load(profile_id)
    while profile is not None and profile.merged_into is not None:
        profile = await context.profiles.load(profile.merged_into)
    return profile


async def ids_of_shopper(context: Context, profile_id: strawberry.ID | None, *, field: Field) -> tuple[ProfileId, ...]:
    """Return the IDs of the profile and of those merged into it; none if `profile_id` is `None`. Raises `Invalid` and
    `NotFound`."""
    if profile_id is None:
        return ()
    profile = await find_profile(context, ProfileId(key_of(profile_id, "Profile", field=field)))
    if profile is None:
        raise NotFound("No such profile.", field=field)
    return (profile.id, *profile.merged_ids)


async def load_profile(context: Context, profile_id: ProfileId) -> Profile | None:
    context.principal.require(Permission.READ_PROFILES)
    profile = await find_profile(context, profile_id)
    return None if profile is None else Profile.of(profile)


def loaded_profile(context: Context, profile_id: ProfileId) -> Profile | None:
    """Like `load_profile`, but return a profile that is loaded or remembered already at once. Otherwise the result is a
    coroutine, which the executor awaits: a coroutine for each row of a page would cost more than the row."""
    context.principal.require(Permission.READ_PROFILES)
    remembered = context.remembered_profile(profile_id)
    if remembered is not None and remembered.merged_into is None:
        return Profile.of(remembered)
    loading = context.profiles.load(profile_id)
    if isinstance(loading, asyncio.Future) and loading.done() and loading.exception() is None:
        profile = loading.result()
        if profile is None or profile.merged_into is None:
            return None if profile is None else Profile.of(profile)
    return cast("Profile | None", load_profile(context, profile_id))
