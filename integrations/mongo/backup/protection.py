"""Decisions about access and protection since a backup: a restore must not undo them.

    credentials         revoked keys and visitor tokens, rotations, and which documents a key may run
    staff               role, suspension, and identity at the sign-in provider
    opt_outs            as they are
    erasures            those since then are applied again
    identity_keys       the secrets that prove who a shopper is
    trusted_documents   which operations keys may run
    connected_services  the sign-in provider of the staff; what was disconnected, or got other credentials, with the
                        settings of handoffs and agents that choose it (`receivers.py`)
    retention_policies  how long words are kept
    conversations       legal holds, and ended access of a browser: they are loaded as they were, and changed afterwards

The database in use decides, for every account that it has. Of an account that only the backup has, the backup does.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.backup.model import ConversationOnHold
from domain.conversation.visitor_access import is_of_browser
from domain.erasure.model import Erasure, ErasureStage
from domain.model.account import Account, Staff
from domain.model.agent.settings import AgentSettings
from domain.model.audit import AuditAction, AuditEntry
from domain.model.connected_services import ConnectedService, Service
from domain.model.conversation import Conversation
from domain.model.credentials import Credential, TrustedDocuments
from domain.model.handoff import HandoffSettings
from domain.model.identity import IdentityKeys
from domain.model.messaging import OptOut
from domain.retention.policy import RetentionPolicy
from domain.retention.retention_settings import retention_timer
from domain.storage import Timer
from domain.values.ids import AccountId, ConversationId, ProfileId
from integrations.mongo.backup.loading import Change, staged
from integrations.mongo.backup.receivers import EndedReceivers
from integrations.mongo.client import MongoDatabase
from integrations.mongo.collections import COLLECTIONS, entity_document
from integrations.mongo.driver import Document
from integrations.mongo.records.readable import entities

_BATCH = 1_000  # documents of one query or write
_OF_KEYS = ("revoked_at", "replaced_by", "documents")  # and `expires_at`, of which the earlier one counts
_OF_STAFF = ("role", "suspended_at", "sign_in")
_OF_A_RUN = ("run", "events_until")  # of retention: they are about the replaced data
_OF_WORK = ("scope", "position")  # of an erasure that was under way
_ENDS = (AuditAction.VISITOR_TOKEN_REVOKED, AuditAction.KEY_REVOKED, AuditAction.KEY_ROTATED)
_IS_SIGN_IN = {"service": Service.OIDC.value}


class Protection:
    """Changes documents of the backup, and adds those of the database in use."""

    NAMES = tuple(
        COLLECTIONS[kind]
        for kind in (
            *(Credential, Staff, OptOut, Erasure, IdentityKeys, ConnectedService, RetentionPolicy, TrustedDocuments),
            *(HandoffSettings, AgentSettings),
        )
    )
    """The collections that are changed while they are loaded."""

    def __init__(self, *, database: MongoDatabase, since: datetime, receivers: EndedReceivers) -> None:
        """`since`: the instant of the backup."""
        self._database = database
        self._receivers = receivers
        self._since = since
        self._in_use = frozenset[str]()  # accounts that the database in use has
        self._keys: dict[str, Document] = {}
        self._staff: dict[str, Document] = {}
        self._revoked: dict[str, datetime] = {}  # visitor tokens
        self._ended: dict[str, datetime] = {}  # conversations whose shopper lost access since the backup
        self._ended_keys: dict[str, datetime] = {}  # that were revoked or rotated since; they may be deleted by now
        self._kept_policies = frozenset[str]()  # accounts that have set how long they keep words

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes of the documents of each of these collections, in that order."""
        return (
            self._credential,
            self._member,
            self._unless_in_use,
            lambda erasure: erasure,
            self._unless_in_use,
            lambda row: (
                self._unless_in_use(row) if row.get("service") == Service.OIDC else self._receivers.connection(row)
            ),
            lambda row: None if row["_id"] in self._kept_policies else row,
            self._unless_in_use,
            self._receivers.handoff,
            self._receivers.agent,
        )

    async def look(self) -> None:
        """Read what the database in use knows. Raises PyMongoError."""
        self._in_use = frozenset([row["_id"] async for row in self._found(Account, {}, ["_id"])])
        keys = {"conversation_id": {"$exists": False}, "session_id": {"$exists": False}}
        self._keys = {row["_id"]: row async for row in self._found(Credential, keys, [*_OF_KEYS, "expires_at"])}
        self._staff = {row["_id"]: row async for row in self._found(Staff, {}, _OF_STAFF)}
        revoked = {"conversation_id": {"$exists": True}, "revoked_at": {"$type": "date"}}
        self._revoked = {
            row["_id"]: row["revoked_at"] async for row in self._found(Credential, revoked, ["revoked_at"])
        }
        actions, named = {"$in": [each.value for each in _ENDS]}, {"$type": "string"}
        ends = {"action": actions, "at": {"$gte": self._since}, "target.id": named}
        async for row in self._found(AuditEntry, ends, ["action", "target.id", "at"]):
            ended = self._ended if row["action"] == AuditAction.VISITOR_TOKEN_REVOKED else self._ended_keys
            ended[row["target"]["id"]] = row["at"]
        self._kept_policies = frozenset([row["_id"] async for row in self._found(RetentionPolicy, {}, ["_id"])])

    async def complete(self) -> None:
        """Add to the loaded collections what does not come from the backup. Raises PyMongoError."""
        accounts = [
            row["_id"] async for row in self._database.collection(staged(COLLECTIONS[Account])).find({}, ["_id"])
        ]
        await self._carry_over(OptOut, accounts)
        await self._carry_over(Erasure, accounts, changed={"stage": ErasureStage.DONE.value}, without=_OF_WORK)
        await self._carry_over(IdentityKeys, accounts)
        await self._carry_over(TrustedDocuments, accounts)
        chosen = {"_id": {"$in": sorted(self._receivers.chosen)}}
        await self._carry_over(ConnectedService, accounts, query={"$or": [_IS_SIGN_IN, chosen]})
        await self._carry_over(RetentionPolicy, accounts, without=_OF_A_RUN)
        await self._begin_retention()
        await self._set_holds()
        await self._end_access()

    def _found(self, kind: type[Any], query: Mapping[str, Any], fields: Sequence[str]) -> AsyncIterator[Document]:
        found: AsyncIterator[Document] = self._database.collection(COLLECTIONS[kind]).find(query, list(fields))
        return found

    def _unless_in_use(self, document: Document) -> Document | None:
        return None if document["account"] in self._in_use else document

    def _credential(self, document: Document) -> Document | None:
        if "session_id" in document:
            return None
        if "conversation_id" in document:
            return self._visitor_token(document)
        ended_at = self._ended_keys.get(document["_id"])
        present = self._keys.get(document["_id"], {} if ended_at is None else {"revoked_at": ended_at})
        ends = [each["expires_at"] for each in (document, present) if isinstance(each.get("expires_at"), datetime)]
        kept = {name: present[name] for name in _OF_KEYS if name in present}
        return {**document, **kept, **({"expires_at": min(ends)} if ends else {})}

    def _visitor_token(self, document: Document) -> Document:
        ended_at = self._ended.get(document["conversation_id"])
        if ended_at is not None and document["created_at"] > ended_at:
            ended_at = None
        revoked_at = self._revoked.get(document["_id"], ended_at)
        if revoked_at is None:
            return document
        return {**document, "revoked_at": revoked_at, "expires_at": document.get("expires_at", revoked_at)}

    def _member(self, document: Document) -> Document:
        present = self._staff.get(document["_id"])
        if present is None:
            return document
        kept = {name: value for name, value in document.items() if name not in _OF_STAFF}
        return {**kept, **{name: present[name] for name in _OF_STAFF if name in present}}

    async def _carry_over(
        self,
        kind: type[Any],
        accounts: list[str],
        *,
        query: Mapping[str, Any] | None = None,
        changed: Mapping[str, Any] | None = None,
        without: Sequence[str] = (),
    ) -> None:
        """Add the documents of the collection in use that the backup does not have."""
        target = self._database.collection(staged(COLLECTIONS[kind]))
        known = {row["_id"] async for row in target.find({}, {"_id": 1})}
        wanted = {**(query or {}), "account": {"$in": accounts}}
        missing = [
            {name: value for name, value in {**row, **(changed or {})}.items() if name not in without}
            async for row in self._database.collection(COLLECTIONS[kind]).find(wanted)
            if row["_id"] not in known
        ]
        for start in range(0, len(missing), _BATCH):
            await target.insert_many(missing[start : start + _BATCH])

    async def _begin_retention(self) -> None:
        """Let the retention of every account begin anew, whose timer the backup may lack."""
        policies = self._database.collection(staged(COLLECTIONS[RetentionPolicy])).find({"run": {"$exists": False}})
        timers = self._database.collection(staged(COLLECTIONS[Timer]))
        for policy in entities(RetentionPolicy, await policies.to_list(None)):
            if policy.is_on:
                timer = entity_document(AccountId(policy.id), retention_timer(policy.id, datetime.now(UTC)))
                await timers.replace_one({"_id": timer["_id"]}, timer, upsert=True)

    async def _set_holds(self) -> None:
        """Hold the conversations that are held, and no others that the database in use has."""
        target = self._database.collection(staged(COLLECTIONS[Conversation]))
        in_use = self._database.collection(COLLECTIONS[Conversation])
        async for row in in_use.find({"hold": {"$exists": True}}, ["hold"]):
            await target.update_one({"_id": row["_id"]}, {"$set": {"hold": row["hold"]}})
        held = [row["_id"] async for row in target.find({"hold": {"$exists": True}}, ["_id"])]
        for start in range(0, len(held), _BATCH):
            ids = {"$in": held[start : start + _BATCH]}
            released = [row["_id"] async for row in in_use.find({"_id": ids, "hold": None}, ["_id"])]
            await target.update_many({"_id": {"$in": released}}, {"$unset": {"hold": ""}})

    async def _end_access(self) -> None:
        """Let no browser into the conversations whose shopper lost access."""
        target = self._database.collection(staged(COLLECTIONS[Conversation]))
        for conversation_id in self._ended:
            row = await target.find_one({"_id": conversation_id, "open_keys": {"$exists": True}}, ["open_keys"])
            if row is not None:
                kept = [key for key in row["open_keys"] if not is_of_browser(key)]
                change = {"$set": {"open_keys": kept}} if kept else {"$unset": {"open_keys": ""}}
                await target.update_one({"_id": conversation_id}, change)


async def held_since(database: MongoDatabase) -> list[ConversationOnHold]:
    """Return the conversations under a legal hold that the loaded backup does not have, or has with fewer messages.
    Raises PyMongoError."""
    fields = ["account", "profile_id", "sequence"]
    in_use = database.collection(COLLECTIONS[Conversation]).find({"hold": {"$exists": True}}, fields)
    held = [row async for row in in_use]
    loaded, known = database.collection(staged(COLLECTIONS[Conversation])), dict[str, int]()
    for start in range(0, len(held), _BATCH):
        ids = [row["_id"] for row in held[start : start + _BATCH]]
        known |= {row["_id"]: row.get("sequence", 0) async for row in loaded.find({"_id": {"$in": ids}}, ["sequence"])}
    return [
        ConversationOnHold(
            account_id=AccountId(row["account"]),
            id=ConversationId(row["_id"]),
            profile_id=ProfileId(row.get("profile_id", "")),  # none: it is damaged, and held all the same
        )
        for row in held
        if known.get(row["_id"], -1) < row.get("sequence", 0)
    ]
