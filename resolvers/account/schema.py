"""The queries and mutations of the account."""

import strawberry

from resolvers.account.mutations.update_account import AccountPayload, update_account
from resolvers.account.queries import account, me
from resolvers.account.types import Account, Staff


@strawberry.type
class AccountQueries:
    account: Account | None = strawberry.field(resolver=account, description="The account behind the credential.")
    me: Staff | None = strawberry.field(
        resolver=me, description="The member of staff behind the credential; null for any other credential."
    )


@strawberry.type
class AccountMutations:
    update_account: AccountPayload = strawberry.mutation(
        resolver=update_account, description="Change settings. For OWNER, ADMIN and MANAGER."
    )
