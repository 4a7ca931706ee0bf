"""The README's steps to a sale, as they are printed there."""

from __future__ import annotations

import asyncio
import re
import shutil

import pytest

from tests.e2e.processes import PATIENCE, Machine
from tests.e2e.test_readme_zendesk import _BLOCK, README, values


async def test_a_click_an_order_and_a_refund(machine: Machine, shared_mongo: dict[str, str]) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed.")
    readme = README.read_text()
    watching = _BLOCK.findall(readme[readme.index("\n## Start") :])[1]
    functions = "\n".join(line for line in watching.splitlines() if re.match(r"\w+\(\) \{", line))
    [steps] = _BLOCK.findall(readme[readme.index("\n## Sales") : readme.index("\n## Settings")])
    server = await machine.serve(**shared_mongo)
    kept = server.folder / ".baton"
    kept.mkdir(exist_ok=True)
    (kept / "credentials.json").write_text((server.data / "credentials.json").read_text())
    script = f"{functions}\n{steps}".replace("http://127.0.0.1:8000/graphql", server.url)
    process = await asyncio.create_subprocess_exec(
        *("bash", "-ec", script), cwd=server.folder, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    _, _, clicked, bought, refunded = [answer["data"] for answer in values(out.decode())]
    assert clicked == {"recordProductClick": {"recorded": True, "errors": []}}
    sale = {"orderId": "1001", "amount": {"amount": "30.00", "currency": "EUR"}, "touch": "PRODUCT_CARD_CLICK"}
    assert bought == {"recordOrder": {"sales": [{**sale, "window": "P1D"}], "errors": []}}
    assert refunded == {"recordRefund": {"sales": [{"amount": {"amount": "17.50"}}], "errors": []}}
