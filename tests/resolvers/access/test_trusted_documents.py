"""Trusted documents and the policies of keys, over the API."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from domain.account.documents import LONGEST_ID, MOST_BYTES, MOST_DOCUMENTS, TrustedDocumentService
from domain.values.errors import Invalid
from tests.harness.operations import mutation
from tests.harness.program import Json, Program, Shop

NAME = "{ account { name } }"
KEYS = "{ account { keys(first: 1) { nodes { id } } } }"
START = mutation("startConversation")


def document(document_id: str, text: str) -> Json:
    return {"id": document_id, "text": text}


async def answer(baton: Program, key: str, **request: Any) -> Json:
    response: httpx.Response = await baton.post(key, request)
    body: Json = response.json()
    return body


def code(body: Json) -> str:
    [error] = body["errors"]
    return str(error["extensions"]["code"])


async def test_a_key_that_runs_trusted_documents_only(baton: Program, shop: Shop) -> None:
    done = await baton.done(shop.owner, "registerDocuments", documents=[document("name", NAME)])
    assert (done["changed"], done["total"]) == (1, 1)
    scopes = ["INBOX_READ"]
    created = await baton.done(shop.owner, "createKey", scopes=scopes, documents="ONLY", label="Screen")
    key = created["token"]

    assert created["key"]["documents"] == "ONLY"
    assert (await answer(baton, key, documentId="name"))["data"] == {"account": {"name": "Shop"}}
    assert (await answer(baton, key, query=NAME))["data"] == {"account": {"name": "Shop"}}
    assert code(await answer(baton, key, query="{ account { id } }")) == "DOCUMENT_NOT_TRUSTED"
    removed = await baton.done(shop.owner, "removeDocuments", ids=["name"])
    assert (removed["changed"], removed["total"]) == (1, 0)
    assert code(await answer(baton, key, documentId="name")) == "DOCUMENT_NOT_TRUSTED"


async def test_the_policy_of_a_key_changes(baton: Program, shop: Shop) -> None:
    created = await baton.done(shop.owner, "createKey", scopes=["INBOX_READ"])
    key, key_id = created["token"], created["key"]["id"]
    assert "data" in await answer(baton, key, query=NAME)

    changed = await baton.done(shop.manager, "updateKey", keyId=key_id, documents="ONLY", label="Screen")
    assert (changed["key"]["documents"], changed["key"]["label"]) == ("ONLY", "Screen")
    assert code(await answer(baton, key, query=NAME)) == "DOCUMENT_NOT_TRUSTED"
    rotated = await baton.done(shop.owner, "rotateKey", keyId=key_id)
    assert rotated["key"]["documents"] == "ONLY"
    again = await baton.done(shop.owner, "updateKey", keyId=rotated["key"]["id"], documents="AUTO")
    assert again["key"]["label"] == "Screen"
    assert "data" in await answer(baton, rotated["token"], query=NAME)


async def test_a_visitor_token_has_the_policy_of_the_key_that_started(baton: Program, shop: Shop) -> None:
    await baton.done(shop.owner, "registerDocuments", documents=[document("start", START)])
    widget = (await baton.done(shop.owner, "createKey", publishable=True, documents="ONLY"))["token"]
    given = {"channel": "WEB_CHAT", "text": "Hello"}
    started = (await answer(baton, widget, documentId="start", variables={"input": given}))["data"]

    token = started["startConversation"]["visitorToken"]
    read = "query($id: ID!) { conversation(id: $id) { status } }"
    variables = {"id": started["startConversation"]["conversation"]["id"]}
    assert code(await answer(baton, token, query=read, variables=variables)) == "DOCUMENT_NOT_TRUSTED"
    await baton.done(shop.owner, "registerDocuments", documents=[document("read", read)])
    assert "data" in await answer(baton, token, documentId="read", variables=variables)


async def test_a_limited_key_does_not_free_itself_or_others(baton: Program, shop: Shop) -> None:
    names = ("createKey", "updateKey", "rotateKey", "registerDocuments", "removeDocuments")
    documents = [document(name, mutation(name)) for name in names]
    await baton.done(shop.owner, "registerDocuments", documents=documents)
    limited = await baton.done(shop.admin, "createKey", scopes=["STAFF_ADMIN", "INBOX_READ"], documents="ONLY")
    free = await baton.done(shop.admin, "createKey", scopes=["INBOX_READ"])
    widget = await baton.done(shop.admin, "createKey", publishable=True, documents="ONLY")

    async def asked(name: str, **given: Any) -> Json:
        body = await answer(baton, limited["token"], documentId=name, variables={"input": given})
        payload: Json = body["data"][name]
        return payload

    for name, given in (
        ("updateKey", {"keyId": limited["key"]["id"], "documents": "AUTO"}),
        ("updateKey", {"keyId": widget["key"]["id"], "documents": "AUTO"}),
        ("rotateKey", {"keyId": free["key"]["id"]}),
        ("registerDocuments", {"documents": [document("x", NAME)]}),
        ("removeDocuments", {"ids": ["createKey"]}),
    ):
        assert [error["code"] for error in (await asked(name, **given))["errors"]] == ["FORBIDDEN"], name
    assert (await asked("createKey", scopes=["INBOX_READ"]))["key"]["documents"] == "ONLY"


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        (
            [document("x", "{ nothing }")],
            "The document “x” is not valid: Cannot query field 'nothing' on type 'Query'.",
        ),
        ([document("x", "{")], "The document “x” is not valid: Syntax Error: Expected Name, found <EOF>."),
        ([document("known", KEYS)], "The id “known” has another document: remove it first."),
        ([document("", NAME)], f"The id of a document has 1 to {LONGEST_ID} characters."),
        ([document(f"d{n}", NAME) for n in range(51)], "Register at most 50 documents at once."),
    ],
)
async def test_documents_that_are_refused(baton: Program, shop: Shop, documents: list[Json], message: str) -> None:
    await baton.mutate(shop.owner, "registerDocuments", documents=[document("known", NAME)])
    payload = await baton.command(shop.owner, "registerDocuments", documents=documents)
    [error] = payload["errors"]
    assert (error["code"], error["path"]) == ("INVALID", ["input", "documents"])
    assert error["message"].startswith(message)


async def test_an_account_may_have_so_many(baton: Program, shop: Shop) -> None:
    service: TrustedDocumentService = baton.baton.services.keys.documents
    with pytest.raises(Invalid, match="1,000 trusted documents"):
        await service.register(None, shop.id, {f"d{n}": NAME for n in range(MOST_DOCUMENTS + 1)})
    with pytest.raises(Invalid, match="2,000,000 bytes"):
        await service.register(None, shop.id, {"long": "#" * (MOST_BYTES + 1)})
    result = await service.register(None, shop.id, {f"d{n}": NAME for n in range(MOST_DOCUMENTS)})
    assert (result.changed, result.total) == (MOST_DOCUMENTS, MOST_DOCUMENTS)


async def test_documents_are_of_one_account(baton: Program, shop: Shop) -> None:
    other_shop = await baton.open_shop("Other")
    await baton.done(shop.owner, "registerDocuments", documents=[document("name", NAME)])
    assert "data" in await answer(baton, shop.owner, documentId="name")
    assert code(await answer(baton, other_shop.owner, documentId="name")) == "PERSISTED_QUERY_NOT_FOUND"
