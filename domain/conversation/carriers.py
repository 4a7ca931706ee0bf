"""Conversations that the shop's own server carries: it sends the shopper's messages, and delivers those to the shopper.

A secret key may write as the shopper of these conversations only. In the others the shopper writes with a visitor
token, or on a channel that Baton carries.
"""

from __future__ import annotations

from domain.model.conversation import Conversation
from domain.principal import Permission, Principal, PrincipalKind
from domain.values.errors import Forbidden
from domain.values.ids import ConversationId


def require_speaker(principal: Principal, conversation_id: ConversationId, permission: Permission) -> None:
    """Raises `Forbidden` without the permission, unless the principal carries conversations; `NotFound` if a shopper
    names another conversation. Of a carrier, `check_carried` has to be called as well."""
    if not is_carrier(principal, permission):
        principal.require(permission)
        principal.require_conversation(conversation_id)


def check_carried(principal: Principal, conversation: Conversation, permission: Permission) -> None:
    """Raises `Forbidden` if a carrier writes in a conversation that no secret key started."""
    if is_carrier(principal, permission) and not conversation.carried:
        raise Forbidden(
            "The shopper of this conversation writes without you. You may write in those that a secret key started.",
            field="conversation_id",
        )


def is_carrier(principal: Principal, permission: Permission) -> bool:
    """Whether the principal acts as a carrier, for want of the permission itself."""
    return (
        principal.kind is not PrincipalKind.SHOPPER
        and principal.has(Permission.CARRY_CONVERSATIONS)
        and not principal.has(permission)
    )
