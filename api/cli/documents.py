"""`baton documents …`: registers the documents of a manifest, lists and removes them."""

from __future__ import annotations

from pathlib import Path

import orjson
import typer

from api.app import Baton
from api.cli.context import chosen_account, operator, with_baton
from api.cli.output import say_json
from api.server.errors import OperatorError
from domain.account.documents import RegisteredDocuments
from domain.model.credentials import TrustedDocuments
from resolvers.account.document_check import check_documents
from resolvers.schema import schema


def register(manifest: Path, *, account: str | None, as_json: bool) -> None:
    texts = _read(manifest)

    async def act(baton: Baton) -> RegisteredDocuments:
        account_id = await chosen_account(baton, account)
        await check_documents(schema, texts)
        return await baton.services.keys.documents.register(operator(), account_id, texts)

    _say(with_baton(act), "registered", as_json=as_json)


def remove(ids: list[str], *, account: str | None, as_json: bool) -> None:
    async def act(baton: Baton) -> RegisteredDocuments:
        account_id = await chosen_account(baton, account)
        return await baton.services.keys.documents.remove(operator(), account_id, frozenset(ids))

    _say(with_baton(act), "removed", as_json=as_json)


def show(*, account: str | None, as_json: bool) -> None:
    async def read(baton: Baton) -> TrustedDocuments | None:
        account_id = await chosen_account(baton, account)
        return await baton.services.storage.read(account_id).get(TrustedDocuments, account_id)

    found = with_baton(read)
    documents = () if found is None else found.documents
    if as_json:  # a manifest again
        say_json({each.id: each.text for each in documents})
        return
    for each in documents:
        typer.echo(f"{each.id}  {each.registered_at:%F}  {' '.join(each.text.split())[:60]}")


def _read(manifest: Path) -> dict[str, str]:
    """Return the texts of a manifest by their ids: `{id: text}` of Relay and GraphQL Code Generator, or Apollo's."""
    try:
        content = orjson.loads(manifest.read_bytes())
    except OSError as error:
        raise OperatorError(f"{manifest} cannot be read: {error.strerror}.") from None
    except orjson.JSONDecodeError:
        raise OperatorError(f"{manifest} is not JSON.") from None
    if isinstance(content, dict) and isinstance(content.get("operations"), list):
        content = {str(each.get("id")): each.get("body") for each in content["operations"] if isinstance(each, dict)}
    if not isinstance(content, dict) or not all(isinstance(text, str) for text in content.values()):
        raise OperatorError(f"{manifest} is no manifest: it must be an object of documents by their ids.")
    return content


def _say(result: RegisteredDocuments, verb: str, *, as_json: bool) -> None:
    if as_json:
        say_json({verb: result.changed, "total": result.total})
    else:
        typer.echo(f"{result.changed} {verb}. The account has {result.total} trusted documents.")
