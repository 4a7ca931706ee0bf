"""Commands of sign-in: connecting an account's OpenID provider, and the two halves of the authorization code flow.

begin ─▶ the browser goes to the provider, and keeps the sealed attempt ─▶ finish ─▶ a session
"""

from __future__ import annotations

import hmac
import re
import secrets

from domain.account.sessions import end_sessions, end_sessions_of_providers
from domain.audit.recording import record, staff_target
from domain.connected_services.service import ConnectionService
from domain.events import StaffChanged
from domain.model.account import Staff
from domain.model.audit import AuditAction, AuditActor, AuditActorKind, AuditRecord
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.sign_in import SignInIdentity, StaffSession
from domain.principal import Permission, Principal
from domain.rights import present_rights
from domain.sign_in.errors import SignInExpired, SignInRefused
from domain.sign_in.links import SignInLinks
from domain.sign_in.members import member_of
from domain.sign_in.model import (
    ATTEMPT,
    Browser,
    Callback,
    ConnectSignIn,
    DisconnectSignIn,
    OpenedSession,
    ProviderIdentity,
    SignInAttempt,
    SignInSettings,
    StartedSignIn,
)
from domain.sign_in.ports import SignInProvider
from domain.sign_in.refusals import Refusals
from domain.sign_in.sealing import START_AGAIN, AttemptTokens
from domain.sign_in.sessions import SessionService
from domain.sign_in.settings import settings_of, sign_in_credentials
from domain.storage import Storage, UnitOfWork
from domain.values.clock import Clock
from domain.values.errors import Forbidden, NotFound
from domain.values.ids import AccountId, SessionId, StaffId, new_id
from domain.values.record import replace

START_PATH = "/sign-in/"  # followed by the id of the account
CALLBACK_PATH = "/sign-in/callback"

_STATE_BYTES = 24  # 192 bits each, so that they cannot be guessed
_VERIFIER_BYTES = 48  # 64 characters; RFC 7636 asks for 43 to 128
_PROVIDER_ERROR = re.compile(r"[a-z_]{1,40}")
_NOT_CONNECTED = "This account has no sign-in provider. Ask an owner or admin to connect one."


class SignInService:
    def __init__(
        self,
        *,
        storage: Storage,
        clock: Clock,
        connections: ConnectionService,
        provider: SignInProvider,
        secret: bytes,
        sessions: SessionService,
        public_url: str,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._connections = connections
        self._provider = provider
        self._attempts = AttemptTokens(secret)
        self._refusals = Refusals(storage=storage, clock=clock)
        self.sessions = sessions
        self.links = SignInLinks(storage=storage, clock=clock, secret=secret, sessions=sessions)
        self._public_url = public_url
        self.callback_url = public_url + CALLBACK_PATH  # the redirect URI that is registered at the provider

    def start_url(self, account_id: AccountId) -> str:
        """Return the address at which a browser begins a sign-in."""
        return f"{self._public_url}{START_PATH}{account_id}"

    async def connect(self, principal: Principal, command: ConnectSignIn) -> ConnectedService:
        """Read what the provider publishes about itself, and store its settings. Returns the connection. The sessions
        that another provider opened end.

        Raises `Invalid` if a value is wrong or the provider cannot be used, `Unavailable` if it does not respond,
        `Forbidden`.
        """
        principal.require(Permission.CONNECT_SIGN_IN)

        async def end_others(uow: UnitOfWork, connection: ConnectedService) -> None:
            await end_sessions_of_providers(uow, but=connection.settings["issuer"])

        return await self._connections.connect(principal, sign_in_credentials(command), then=end_others)

    async def disconnect(self, principal: Principal, command: DisconnectSignIn) -> ConnectedService:
        """Delete the provider's settings, and end every session that it opened. Returns the deleted connection.

        Raises `NotFound` if this provider is not connected, `Forbidden`.
        """
        principal.require(Permission.CONNECT_SIGN_IN)
        connected = await self.connection(principal.account_id)
        if connected is None or connected.settings["issuer"] != command.issuer.strip():
            raise NotFound("This provider is not connected.", field="issuer")

        async def end_all(uow: UnitOfWork, _: ConnectedService) -> None:
            await end_sessions_of_providers(uow)

        return await self._connections.disconnect(principal, Service.OIDC, field="issuer", then=end_all)

    async def connection(self, account_id: AccountId) -> ConnectedService | None:
        """Return the connection to the provider, or None. Raises `Unavailable`."""
        return await self._storage.read(account_id).get(
            ConnectedService, connected_service_id(account_id, Service.OIDC)
        )

    async def reset(self, principal: Principal, staff_id: StaffId) -> Staff:
        """Forget a member's account at the provider, and end the member's sessions: the next sign-in links by the
        e-mail address again. Returns the member. Raises `NotFound`, `Forbidden`."""
        principal.require(Permission.MANAGE_SIGN_IN)

        async def forget(uow: UnitOfWork) -> Staff:
            member = await uow.get(Staff, staff_id)
            if member is None:
                raise NotFound("No such staff member in this account.", field="staff_id")
            present = await present_rights(uow, principal)
            present.require(Permission.MANAGE_SIGN_IN)
            if not present.reaches(member.role):
                raise Forbidden("The role of this member is above yours.", field="staff_id")
            await end_sessions(uow, staff_id)
            await record(uow, principal, AuditAction.SIGN_IN_RESET, staff_target(member))
            return _save(uow, replace(member, sign_in=None)) if member.sign_in is not None else member

        return await self._storage.write(principal.account_id, forget)

    async def begin(self, account_id: AccountId, *, return_to: str) -> StartedSignIn:
        """Begin a sign-in. Returns the address at the provider, and the sealed attempt for the browser to keep.

        Raises `NotFound` if the account has no provider, `SignInRefused` and `Unavailable` as the provider does,
        `CannotOpen` if its secret cannot be decrypted.
        """
        settings = await self._settings(account_id)
        attempt = SignInAttempt(
            account_id=account_id,
            session_id=SessionId(new_id()),
            version=settings.version,
            state=secrets.token_urlsafe(_STATE_BYTES),
            nonce=secrets.token_urlsafe(_STATE_BYTES),
            verifier=secrets.token_urlsafe(_VERIFIER_BYTES),
            return_to=return_to,
            expires_at=self._clock.now() + ATTEMPT,
        )
        url = await self._provider.authorization_url(settings, attempt)
        return StartedSignIn(url=url, attempt=self._attempts.seal(attempt))

    async def finish(self, callback: Callback, browser: Browser) -> OpenedSession:
        """Finish a sign-in, and return the session that it opened.

        Raises `SignInExpired` if the attempt is over or of another browser, `SignInRefused` if the provider or the
        account does not let the person in, `Unavailable`.
        """
        attempt = self._attempts.open(callback.attempt)
        if not hmac.compare_digest(attempt.state.encode(), (callback.state or "").encode()):
            raise SignInExpired(START_AGAIN)
        if self._clock.now() >= attempt.expires_at:
            raise SignInExpired("This sign-in took too long. Start again.")
        settings = await self._settings(attempt.account_id)
        if settings.version != attempt.version:
            raise SignInExpired("The sign-in provider was changed meanwhile. Start again.")
        if callback.error is not None or callback.code is None:
            raise SignInRefused(_problem(callback.error))
        identity = await self._provider.redeem(settings, attempt, callback.code, issuer=callback.issuer)

        async def admit(uow: UnitOfWork) -> StaffSession:
            return await self._admit(uow, attempt, settings, identity, browser)

        try:
            admitted = await self._storage.write(attempt.account_id, admit)
        except SignInRefused as refusal:
            await self._refusals.note(attempt.account_id, identity, browser, refusal)
            raise
        refresh_token = self.sessions.refresh_token(attempt.account_id, admitted)
        return OpenedSession(session=admitted, refresh_token=refresh_token, return_to=attempt.return_to)

    async def _admit(
        self,
        uow: UnitOfWork,
        attempt: SignInAttempt,
        settings: SignInSettings,
        identity: ProviderIdentity,
        browser: Browser,
    ) -> StaffSession:
        connection = await uow.get(ConnectedService, connected_service_id(uow.account_id, Service.OIDC))
        used = await uow.get(StaffSession, attempt.session_id)
        if used is not None or connection is None or connection.version != attempt.version:
            raise SignInExpired(START_AGAIN)
        member = member_of(await uow.staff(), identity, settings)
        _link(uow, member, identity)
        session = await self.sessions.open(uow, member, attempt.session_id, identity.issuer, browser)
        actor = AuditActor(kind=AuditActorKind.STAFF, name=member.name, staff_id=member.id, address=browser.address)
        uow.audit(AuditRecord(at=uow.now, actor=actor, action=AuditAction.SIGNED_IN, target=staff_target(member)))
        return session

    async def _settings(self, account_id: AccountId) -> SignInSettings:
        connection = await self._connections.open(account_id, Service.OIDC)
        if connection is None:
            raise NotFound(_NOT_CONNECTED)
        return settings_of(connection)


def _link(uow: UnitOfWork, member: Staff, identity: ProviderIdentity) -> None:
    known = member.sign_in
    if known is None or (known.issuer, known.subject) != (identity.issuer, identity.subject):
        link = SignInIdentity(issuer=identity.issuer, subject=identity.subject, linked_at=uow.now)
        _save(uow, replace(member, sign_in=link))


def _save(uow: UnitOfWork, member: Staff) -> Staff:
    uow.save(member)
    uow.emit(StaffChanged(staff=member))
    return member


def _problem(error: str | None) -> str:
    """The provider's error code, if it is one; its description is not shown, since anybody can write it into a link."""
    if error == "access_denied":
        return "You cancelled the sign-in, or your provider refuses it."
    code = f" ({error})" if error is not None and _PROVIDER_ERROR.fullmatch(error) else ""
    return f"Your provider did not complete the sign-in{code}. Try again, or ask the person who runs the provider."
