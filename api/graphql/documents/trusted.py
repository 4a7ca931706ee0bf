"""Which text an operation runs, by the policy of its credential (`DocumentPolicy`).

    OFF     the text that the client sends; hashes and ids are refused
    AUTO    any text; the hash of a document that ran before (`store.py`); the id or the hash of a trusted document
    ONLY    a trusted document: by its id, its hash, or its text

The trusted documents of an account are registered beforehand, by `registerDocuments` or `baton documents register`.
"""

from __future__ import annotations

from typing import Protocol

from api.graphql.documents.store import Documents, key_of, not_found, not_supported, refused
from api.graphql.request import GraphQLRequest
from domain.model.credentials import DocumentIndex
from domain.principal import DocumentPolicy, Principal
from domain.values.ids import AccountId

DOCUMENT_NOT_TRUSTED = "DOCUMENT_NOT_TRUSTED"


class TrustedDocumentStore(Protocol):
    async def trusted_documents(self, account_id: AccountId) -> DocumentIndex:
        """Return the trusted documents of the account. Raises `Unavailable`."""


class NoTrustedDocuments:
    async def trusted_documents(self, account_id: AccountId) -> DocumentIndex:
        return DocumentIndex()


async def text_to_run(
    request: GraphQLRequest, principal: Principal, *, documents: Documents, store: TrustedDocumentStore
) -> str | None:
    """Return the text of the operation's document; `None` if `documents` has it by the request's hash. Raises
    `DocumentRefused`, and `Unavailable`."""
    policy = principal.documents
    if policy is not DocumentPolicy.ONLY and request.query is not None:
        return request.query
    if policy is DocumentPolicy.OFF:
        raise not_supported()
    if policy is DocumentPolicy.AUTO and request.document_id is None and documents.has(request.query_hash):
        return None
    trusted = await store.trusted_documents(principal.account_id)
    text = _trusted(request, trusted)
    if text is None and policy is DocumentPolicy.ONLY:
        raise refused("This credential may run trusted documents only, and this is none.", DOCUMENT_NOT_TRUSTED)
    if text is None and request.document_id is None and request.query_hash is None:
        raise not_supported()
    if text is None:
        raise not_found()
    return text


def _trusted(request: GraphQLRequest, trusted: DocumentIndex) -> str | None:
    if request.document_id is not None:
        return trusted.by_id.get(request.document_id)
    key = request.query_hash if request.query is None else key_of(request.query)
    return None if key is None else trusted.by_hash.get(key)
