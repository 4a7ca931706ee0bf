"""The limits of those who manage staff and keys: nobody gives rights that they do not have, or changes somebody above.

The rights are those at the time of the commit (`domain/rights.py`).
"""

from __future__ import annotations

from domain.account.networks import are_within
from domain.model.credentials import Credential
from domain.principal import Actor, DocumentPolicy, Permission, Principal, StaffRole
from domain.rights import present_rights
from domain.storage import UnitOfWork
from domain.values.errors import Field, Forbidden
from domain.values.record import Record, replace


class Authority(Record):
    """What an actor may give. `principal` is `None` for the server and its operator, who may give everything.

    `key` is the acting key; a session has none. A key makes no key that lives longer or works from elsewhere than
    itself: whoever takes a key that was limited would else make one without its limits. A session ends within minutes,
    so its limits are not those of its member.
    """

    principal: Principal | None
    key: Credential | None = None

    def require_role(self, role: StaffRole, message: str, *, field: Field | None = None) -> None:
        """Raises `Forbidden` with the message if the role is above the actor's own."""
        if self.principal is not None and not self.principal.reaches(role):
            raise Forbidden(message, field=field)

    def require_permissions(self, permissions: frozenset[Permission], *, field: Field | None = None) -> None:
        """Raises `Forbidden` if the actor does not have all of the permissions."""
        if self.principal is None or permissions <= self.principal.permissions:
            return
        missing = min(permissions - self.principal.permissions)
        raise Forbidden(f"A key cannot have more rights than its creator: you may not {missing.value}.", field=field)

    def limited(self, credential: Credential) -> Credential:
        """Return a new key with the acting key's end and networks, where it was given none, and with its trusted
        documents alone if the acting key has no others."""
        if self.key is None:
            return credential
        return replace(
            credential,
            expires_at=credential.expires_at or self.key.expires_at,
            networks=credential.networks or self.key.networks,
            documents=DocumentPolicy.ONLY if self._runs_trusted_documents_only else credential.documents,
        )

    def require_no_wider(self, credential: Credential, *, field: Field) -> None:
        """Raises `Forbidden` if a key is valid for longer than the acting key, in other networks, or for documents that
        are not trusted although the acting key is not. `field` is that of the networks."""
        if self.key is None:
            return
        limit = self.key.expires_at
        if limit is not None and (credential.expires_at is None or credential.expires_at > limit):
            message = f"A key cannot be valid for longer than the key that creates it, which ends at {limit:%FT%TZ}."
            raise Forbidden(message, field="expires_at")
        networks = self.key.networks
        if networks and not (credential.networks and are_within(credential.networks, networks)):
            message = f"A key cannot be used outside the networks of the key that creates it: {', '.join(networks)}."
            raise Forbidden(message, field=field)
        if self._runs_trusted_documents_only and credential.documents is not DocumentPolicy.ONLY:
            raise Forbidden("A key cannot run more documents than the key that creates it: ONLY.", field=field)

    def require_any_document(self) -> None:
        """Raises `Forbidden` for a key that is limited to trusted documents, which it could change itself."""
        if self._runs_trusted_documents_only:
            raise Forbidden(
                "This key may run trusted documents only: it changes neither these nor what other keys may run."
            )

    @property
    def _runs_trusted_documents_only(self) -> bool:
        return self.key is not None and self.key.documents is DocumentPolicy.ONLY


async def authority_of(uow: UnitOfWork, actor: Actor) -> Authority:
    """Return what the actor may give. Raises `Forbidden` for those who may not manage staff and keys."""
    if not isinstance(actor, Principal):
        return Authority(principal=None)
    actor = await present_rights(uow, actor)
    actor.require(Permission.MANAGE_STAFF)
    credential = await uow.get(Credential, actor.credential_id)
    return Authority(principal=actor, key=credential if credential is not None and credential.is_key else None)
