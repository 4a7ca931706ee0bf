"""docs/guides/sign-in.md with the small provider of the stand-ins, as a reader pastes it."""

from __future__ import annotations

from tests.docs.pages import blocks_of
from tests.docs.shell import reading
from tests.docs.test_helpdesks import standing_in
from tests.e2e.processes import Machine

PAGE = "docs/guides/sign-in.md"


async def test_the_guide_to_sign_in(machine: Machine, shared_mongo: dict[str, str]) -> None:
    fakes, run, connect, sign_in = blocks_of(PAGE, "sh")
    assert fakes == ".venv/bin/baton fakes\n"
    assert run == "BATON_SIGN_IN_PRIVATE_NETWORKS=true make run\n"
    first = await standing_in(machine)
    reader = await reading(machine, ports=first, BATON_SIGN_IN_PRIVATE_NETWORKS="true", **shared_mongo)

    [connected] = await reader.paste(connect)
    assert connected["data"]["connectSignIn"]["errors"] == []
    access, me, signed_out, refused = await reader.paste(f". docs/try.sh\n{sign_in}")

    assert set(access) == {"accessToken", "expiresAt", "sessionExpiresAt"}
    assert me["data"]["me"] == {"name": "Sam Support", "role": "SUPPORT"}
    [session] = me["data"]["sessions"]["nodes"]
    assert session["client"].startswith("curl/")
    assert session["current"] is True
    assert len(signed_out["data"]["signOut"]["sessions"]) == 1
    assert refused["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "You are signed in" in (reader.folder / ".baton" / "signed-in.html").read_text()
