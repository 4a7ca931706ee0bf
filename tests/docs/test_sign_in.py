"""docs/guides/sign-in.md and docs/guides/model.md with their stand-ins, as a reader pastes them, beside one server."""

from __future__ import annotations

from tests.docs.pages import blocks_of
from tests.docs.shell import Reader, reading
from tests.docs.test_helpdesks import standing_in
from tests.e2e.processes import Machine

PAGE = "docs/guides/sign-in.md"
MODEL_PAGE = "docs/guides/model.md"
PRIVATE = {"BATON_SIGN_IN_PRIVATE_NETWORKS": "true", "BATON_MODEL_PRIVATE_NETWORKS": "true"}


async def test_the_guides_to_sign_in_and_to_models(machine: Machine, shared_mongo: dict[str, str]) -> None:
    fakes, run, connect, sign_in = blocks_of(PAGE, "sh")
    assert fakes == ".venv/bin/baton fakes\n"
    assert run == "BATON_SIGN_IN_PRIVATE_NETWORKS=true make run\n"
    first = await standing_in(machine)
    reader = await reading(machine, ports=first, **PRIVATE, **shared_mongo)
    await _signs_in(reader, connect, sign_in)
    await _a_model_replies(reader)


async def _signs_in(reader: Reader, connect: str, sign_in: str) -> None:
    [connected] = await reader.paste(connect)
    assert connected["data"]["connectSignIn"]["errors"] == []
    access, me, signed_out, refused = await reader.paste(f". docs/try.sh\n{sign_in}")

    assert set(access) == {"accessToken", "expiresAt", "sessionExpiresAt", "staffId"}
    assert me["data"]["me"] == {"name": "Sam Support", "role": "SUPPORT"}
    [session] = me["data"]["sessions"]["nodes"]
    assert session["client"].startswith("curl/")
    assert session["current"] is True
    assert len(signed_out["data"]["signOut"]["sessions"]) == 1
    assert refused["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "You are signed in" in (reader.folder / ".baton" / "signed-in.html").read_text()


async def _a_model_replies(reader: Reader) -> None:
    fakes, run, connect, ask = blocks_of(MODEL_PAGE, "sh")
    assert fakes == ".venv/bin/baton fakes\n"
    assert run == "BATON_MODEL_PRIVATE_NETWORKS=true make run\n"
    connected, written, chosen = [answer["data"] for answer in await reader.paste(connect)]
    assert connected["connectModel"]["errors"] == []
    assert written["createArticle"]["article"]["id"]
    assert chosen["updateAgentSettings"] == {"agentSettings": {"answeredBy": "MODEL"}, "errors": []}
    *_, replied = await reader.paste(ask)
    [message] = replied["data"]["conversation"]["messages"]["nodes"]
    assert message["author"] == {"kind": "AI_AGENT"}
    assert "three years" in message["text"]
