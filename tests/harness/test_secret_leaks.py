"""The search for secrets finds them: a check that cannot fail proves nothing."""

from __future__ import annotations

import base64
import json
import logging
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from tests.harness.secret_leaks import SecretLeakChecker, forms, given_in

SECRET = "s3cret/with+signs=&ü"


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "admin@acme.example/token:"])
@pytest.mark.parametrize("after", ["", "z", "zz"])
def test_every_encoding_is_found(before: str, after: str) -> None:
    whole = f"{before}{SECRET}{after}"
    places = [
        whole.encode(),
        base64.b64encode(whole.encode()),
        base64.urlsafe_b64encode(whole.encode()),
        json.dumps({"a": whole}).encode(),
    ]
    for place in places:
        assert any(form in place for form in forms(SECRET)), place
        assert not any(form in place for form in forms("another secret"))


def test_secrets_are_recognised_by_field_name() -> None:
    given = {
        "zendesk": {"subdomain": "acme-and-more", "apiToken": "token-of-theirs", "webhookSecret": "secret-of-theirs"},
        "list": [{"password": "word-of-theirs", "apiKey": "short"}],
        "idempotencyKey": "known to everybody",
    }
    assert sorted(given_in(given)) == ["secret-of-theirs", "token-of-theirs", "word-of-theirs"]


async def test_answers_logs_and_documents_are_searched(
    mongo_client: AsyncMongoClient[dict[str, Any]], database_name: str
) -> None:
    database = mongo_client[database_name]
    checker = SecretLeakChecker()
    checker.add({"input": {"apiToken": SECRET}})
    checker.check_response(b"nothing")
    with pytest.raises(AssertionError, match="a response contains a secret"):
        checker.check_response(json.dumps({"said": SECRET}).encode())
    await checker.check(database, also=[])
    with checker.listening():
        try:
            raise ValueError(f"with {SECRET} in it")  # noqa: TRY301 - the test is about the log
        except ValueError:
            logging.getLogger("baton.tests").warning("It failed.", exc_info=True)
    with pytest.raises(AssertionError, match="the log contains a secret"):
        await checker.check(database, also=[])
    fresh = SecretLeakChecker()
    await database["somewhere"].insert_one({"deep": [{"inside": "a sealed one here"}]})
    with pytest.raises(AssertionError, match="somewhere contains a secret"):
        await fresh.check(database, also=["a sealed one"])
