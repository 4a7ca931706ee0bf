"""The queries and mutations of the account."""

import strawberry

from resolvers.account.keys import ApiKeyPayload, NewKeyPayload
from resolvers.account.mutations.create_key import create_key
from resolvers.account.mutations.invite_staff import InviteStaffPayload, invite_staff
from resolvers.account.mutations.register_documents import (
    TrustedDocumentsPayload,
    register_documents,
    remove_documents,
)
from resolvers.account.mutations.revoke_key import revoke_key
from resolvers.account.mutations.rotate_key import RotateKeyPayload, rotate_key
from resolvers.account.mutations.suspend_staff import reinstate_staff, suspend_staff
from resolvers.account.mutations.update_account import AccountPayload, update_account
from resolvers.account.mutations.update_key import update_key
from resolvers.account.mutations.update_staff import update_staff
from resolvers.account.queries import account, me
from resolvers.account.types import Account, Staff
from resolvers.account.widget import Widget, widget
from resolvers.inbox.payloads import StaffPayload
from resolvers.viewer import FOR_VIEWER

MANAGERS = "For OWNER, ADMIN, MANAGER and scope `staff:admin`, up to their own role."


@strawberry.type
class AccountQueries:
    account: Account | None = strawberry.field(
        resolver=account,
        description="The account of the credential. For staff, and for keys with scope `agent`, `inbox:read`, "
        "`inbox:write` or `staff:admin`.",
    )
    me: Staff | None = strawberry.field(
        resolver=me,
        description="The member of staff of the credential. `null` for every other credential.",
        metadata=FOR_VIEWER,
    )
    widget: Widget | None = strawberry.field(
        resolver=widget,
        description="The settings that a chat widget needs before the first message. For publishable keys, and for "
        "other credentials that may start conversations.",
    )


@strawberry.type
class AccountMutations:
    update_account: AccountPayload = strawberry.mutation(
        resolver=update_account, description="Changes the settings of the account. For OWNER, ADMIN and MANAGER."
    )
    create_key: NewKeyPayload = strawberry.mutation(
        resolver=create_key,
        description="Creates a key and returns its token, once. Nobody can create a key with more rights than they "
        "have. A new key expires no later than the key that creates it and has no wider networks; if they are left "
        f"out, both keys have the same limits. {MANAGERS}",
    )
    rotate_key: RotateKeyPayload = strawberry.mutation(
        resolver=rotate_key,
        description="Replaces a key by a new one with the same rights, networks and idempotency keys. The old token "
        "stays valid for a while. Connections under it are closed with 4403 and reconnect. A key that expires or has "
        f"networks rotates none with wider limits. {MANAGERS}",
    )
    update_key: ApiKeyPayload = strawberry.mutation(
        resolver=update_key,
        description="Changes the label of a key, or which documents it may run. Connections under it are closed with "
        "4403, in every process, and reconnect. Visitor tokens keep the policy that the key had when their "
        f"conversation started. {MANAGERS}",
    )
    register_documents: TrustedDocumentsPayload = strawberry.mutation(
        resolver=register_documents,
        description="Registers trusted documents, which keys with the policy `ONLY` may run, and which clients name by "
        "their ID (`documentId`) or SHA-256. An account has at most 1,000, of 2,000,000 bytes together. Refused for "
        f"keys with the policy `ONLY`. {MANAGERS}",
    )
    remove_documents: TrustedDocumentsPayload = strawberry.mutation(
        resolver=remove_documents,
        description="Removes trusted documents. Operations that run already go on. Refused for keys with the policy "
        f"`ONLY`. {MANAGERS}",
    )
    revoke_key: ApiKeyPayload = strawberry.mutation(
        resolver=revoke_key,
        description="Revokes a key at once. Connections under it are closed with 4403, in every process. " + MANAGERS,
    )
    invite_staff: InviteStaffPayload = strawberry.mutation(
        resolver=invite_staff,
        description="Adds a member of staff, who is AWAY at first. The member signs in with the e-mail address, or "
        f"uses a key. An account has at most 1,000 members. {MANAGERS}",
    )
    update_staff: StaffPayload = strawberry.mutation(
        resolver=update_staff,
        description="Changes the name or the role of a member of staff. A new role ends the member's connections with "
        "4403, in every process, and they reconnect with the new rights. SCOPED keys that the member created and that "
        "have rights beyond the new role are revoked. With the role ANALYST, the member's tickets "
        f"return to the queue. The last OWNER keeps the role. {MANAGERS}",
    )
    suspend_staff: StaffPayload = strawberry.mutation(
        resolver=suspend_staff,
        description="Suspends a member of staff: keys are refused, SCOPED keys that the member created are revoked, "
        "sessions end, connections are closed with 4403 in every process, and the member's tickets return to the "
        f"queue. The last OWNER and the caller cannot be suspended. {MANAGERS}",
    )
    reinstate_staff: StaffPayload = strawberry.mutation(
        resolver=reinstate_staff,
        description="Ends the suspension of a member of staff. The member's keys are valid again, unless they expired "
        f"or were revoked. SCOPED keys that the suspension revoked stay revoked. {MANAGERS}",
    )
