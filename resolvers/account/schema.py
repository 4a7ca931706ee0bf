"""The queries and mutations of the account."""

import strawberry

from resolvers.account.mutations.update_account import AccountPayload, update_account
from resolvers.account.queries import account, me
from resolvers.account.types import Account, Staff


@strawberry.type
class AccountQueries:
    account: Account | None = strawberry.field(
        resolver=account, description="The account of the credential. For staff, and for keys with scope `agent`."
    )
    me: Staff | None = strawberry.field(
        resolver=me, description="The member of staff of the credential. `null` for every other credential."
    )


@strawberry.type
class AccountMutations:
    update_account: AccountPayload = strawberry.mutation(
        resolver=update_account, description="Changes the settings of the account. For OWNER, ADMIN and MANAGER."
    )
