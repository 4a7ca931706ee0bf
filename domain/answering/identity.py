"""The principal of the agents that Baton runs itself."""

from __future__ import annotations

from domain.principal import Principal, PrincipalKind, Scope
from domain.values.ids import AccountId, CredentialId


def own_agent(account_id: AccountId) -> Principal:
    """Return the principal: an agent of this account, with the rights of a key of scope `agent`, and without a key."""
    return Principal(
        kind=PrincipalKind.AGENT,
        account_id=account_id,
        credential_id=CredentialId(f"agent-of-{account_id}"),
        scopes=frozenset({Scope.AGENT}),
    )
