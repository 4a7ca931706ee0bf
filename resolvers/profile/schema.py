"""The mutations of profiles."""

import strawberry

from resolvers.profile.mutations.erase_profile import EraseProfilePayload, erase_profile
from resolvers.profile.mutations.merge_profiles import MergeProfilesPayload, merge_profiles
from resolvers.profile.mutations.split_profile import SplitProfilePayload, split_profile


@strawberry.type
class ProfileMutations:
    merge_profiles: MergeProfilesPayload = strawberry.mutation(
        resolver=merge_profiles,
        description="Merges two profiles that are one shopper's. Refused with CONFLICT if both have an external ID and "
        "these differ. `splitProfile` undoes it. For OWNER, ADMIN and MANAGER.",
    )
    split_profile: SplitProfilePayload = strawberry.mutation(
        resolver=split_profile,
        description="Undoes the merge of a profile into another one, by staff or by a proof: its identities, its "
        "conversations and their events are its own again. Sales that were credited stay where they are. A later proof "
        "that the two are one shopper merges them again. For OWNER, ADMIN and MANAGER.",
    )
    erase_profile: EraseProfilePayload = strawberry.mutation(
        resolver=erase_profile,
        description="Erases a shopper from every place that holds something of the person: profiles, conversations, "
        "messages, drafts, files, mails, events and their log, words of the search, orders, and the outbox. It cannot "
        "be undone. Reports stay equal. The open conversations of the shopper are closed. Calling it again returns the "
        "same erasure. For OWNER and ADMIN.",
    )
