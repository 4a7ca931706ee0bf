"""Finds the staff member of a person who comes from the provider."""

from __future__ import annotations

from collections.abc import Sequence

from domain.model.account import Staff
from domain.sign_in.errors import SignInRefused
from domain.sign_in.model import ProviderIdentity, SignInSettings
from domain.values.contacts import ascii_host, check_email, email_key
from domain.values.errors import Invalid

_NOT_CONFIRMED = (
    "Your provider does not confirm your e-mail address (the claim `email_verified`). Confirm it there, or ask the "
    "person who runs the provider."
)


def member_of(members: Sequence[Staff], identity: ProviderIdentity, settings: SignInSettings) -> Staff:
    """Return the staff member of an identity: by its subject once it is linked, before by its confirmed e-mail address.

    Raises `SignInRefused` if there is none, or if the member is suspended.
    """
    member = _found(members, identity, settings)
    if member.suspended_at is not None:
        raise SignInRefused("You are suspended from this team. Ask an owner or admin.")
    return member


def concerned_member(members: Sequence[Staff], identity: ProviderIdentity) -> Staff | None:
    """Return the member whom a refused identity is, or claims to be: by its subject, or else by its e-mail address,
    confirmed or not."""
    linked = next((member for member in members if _is_linked(member, identity)), None)
    return linked or _with_email(members, _email_key(identity))


def _with_email(members: Sequence[Staff], key: str | None) -> Staff | None:
    return next((member for member in members if email_key(member.email) == key), None)


def _found(members: Sequence[Staff], identity: ProviderIdentity, settings: SignInSettings) -> Staff:
    email = _confirmed_email(identity)
    domains = {ascii_host(domain) for domain in settings.allowed_domains}
    if domains and (email is None or email.rpartition("@")[2] not in domains):
        raise SignInRefused("Your e-mail address is not of a domain that may sign in here. Ask an owner or admin.")
    linked = next((member for member in members if _is_linked(member, identity)), None)
    if linked is not None:
        return linked
    if email is None:
        raise SignInRefused(_NOT_CONFIRMED)
    invited = _with_email(members, email)
    if invited is None:
        raise SignInRefused(f"Nobody with the address {email} is on this team. Ask an owner or admin to invite you.")
    if invited.sign_in is not None and invited.sign_in.issuer == identity.issuer:
        # The address was given to somebody else at the provider.
        raise SignInRefused(
            "The member with your address signed in as another person before. Ask an owner or admin to reset the "
            "member's sign-in (resetSignIn)."
        )
    return invited


def _is_linked(member: Staff, identity: ProviderIdentity) -> bool:
    link = member.sign_in
    return link is not None and (link.issuer, link.subject) == (identity.issuer, identity.subject)


def _confirmed_email(identity: ProviderIdentity) -> str | None:
    return _email_key(identity) if identity.email_verified else None


def _email_key(identity: ProviderIdentity) -> str | None:
    """Return the e-mail address in the form in which addresses are compared (docs/product-rules.md, section 7)."""
    if identity.email is None:
        return None
    try:
        return email_key(check_email(identity.email, field="email"))
    except Invalid:
        return None
