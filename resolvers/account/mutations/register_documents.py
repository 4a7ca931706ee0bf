"""The mutations `registerDocuments` and `removeDocuments`."""

from typing import Annotated

import strawberry

from domain.account.documents import LONGEST_ID, RegisteredDocuments
from domain.values.errors import Invalid
from resolvers.account.document_check import check_documents
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in

_MOST_AT_ONCE = 50  # they are validated while the caller waits


@strawberry.input(description="A GraphQL document that clients may name by its ID.")
class TrustedDocumentInput:
    id: str = strawberry.field(
        description=f"The ID that clients send as `documentId`, up to {LONGEST_ID} characters. Build tools use a hash "
        "of the text."
    )
    text: str = strawberry.field(description="The text of the document, which must be valid.")


@strawberry.input(description="Documents to register.")
class RegisterDocumentsInput:
    documents: list[TrustedDocumentInput] = strawberry.field(
        description=f"The documents, at most {_MOST_AT_ONCE}. Those that are registered already are ignored."
    )


@strawberry.input(description="Documents to remove.")
class RemoveDocumentsInput:
    ids: list[str] = strawberry.field(description="The IDs of the documents. Unknown IDs are ignored.")


@strawberry.type(description="The result of `registerDocuments` and `removeDocuments`.")
class TrustedDocumentsPayload(Payload):
    changed: int | None = strawberry.field(
        default=None, description="The number of documents that were registered or removed. `null` if refused."
    )
    total: int | None = strawberry.field(
        default=None, description="The number of documents of the account after the change. `null` if refused."
    )


@refusals_in(TrustedDocumentsPayload)
async def register_documents(
    info: Info, input: Annotated[RegisterDocumentsInput, strawberry.argument(description="The documents to register.")]
) -> TrustedDocumentsPayload:
    services, principal = info.context.services, info.context.principal
    if len(input.documents) > _MOST_AT_ONCE:
        raise Invalid(f"Register at most {_MOST_AT_ONCE} documents at once.", field="documents")
    texts = {each.id: each.text for each in input.documents}
    services.keys.documents.require(principal)
    await check_documents(info.schema, texts)
    return _payload(await services.keys.documents.register(principal, principal.account_id, texts))


@refusals_in(TrustedDocumentsPayload)
async def remove_documents(
    info: Info, input: Annotated[RemoveDocumentsInput, strawberry.argument(description="The documents to remove.")]
) -> TrustedDocumentsPayload:
    services, principal = info.context.services, info.context.principal
    return _payload(await services.keys.documents.remove(principal, principal.account_id, frozenset(input.ids)))


def _payload(result: RegisteredDocuments) -> TrustedDocumentsPayload:
    return TrustedDocumentsPayload(changed=result.changed, total=result.total)
