"""Each mutation leaves an entry in the audit log, or is named with the reason why it does not."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from api.graphql.errors import ErrorFormatter
from api.graphql.executor import GraphQLExecutor, Operation
from api.graphql.request import GraphQLRequest
from dev.fakes.shopify import SECRET, SHOP, ShopifySender
from domain.model.audit import AuditAction
from domain.model.connected_services import Service
from domain.principal import Principal, StaffRole
from resolvers.context import Context
from resolvers.relay.global_ids import parse_global_id, to_global_id
from resolvers.schema import schema
from tests.harness.operations import mutation
from tests.harness.program import Json, Program, Shop, identity_token
from tests.resolvers.audit.actions import ACTIONS, NOT_AUDITED, Fakes, Stage

LOG = """query($filter: AuditLogFilter, $first: Int, $after: String) {
  auditLog(filter: $filter, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor } edges { cursor } nodes {
      id number at action
      actor { kind name staffId keyId keyLabel address } target { kind targetId name }
      changes { field before after } } } }"""


@pytest.fixture
def stage(baton: Program, shop: Shop, fakes: Fakes) -> Stage:
    return Stage(baton=baton, shop=shop, fakes=fakes)


async def entries(baton: Program, shop: Shop, **filter_by: Any) -> list[Json]:
    found = (await baton.data(shop.owner, LOG, filter=filter_by, first=100))["auditLog"]["nodes"]
    return list(found)


def changes_of(entry: Json) -> dict[str, tuple[str | None, str | None]]:
    return {change["field"]: (change["before"], change["after"]) for change in entry["changes"]}


def test_each_mutation_is_audited_or_named() -> None:
    mutations = schema._schema.mutation_type
    assert mutations is not None
    assert {*ACTIONS, *NOT_AUDITED} == set(mutations.fields)
    assert not {*ACTIONS} & {*NOT_AUDITED}


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedFirst(Stage):
    """A stage that first sends each call of the mutation `name` with a key that was revoked after the request was
    authenticated."""

    name: str
    revoked: Principal
    refused: list[str] = field(default_factory=list)

    async def do(self, name: str, /, **given: object) -> Json:
        if name == self.name and not self.refused:
            before = await self.baton.fingerprints()
            self.refused.extend(await self._sent_late(given))
            assert await self.baton.fingerprints() == before
        return await Stage.do(self, name, **given)

    async def _sent_late(self, given: object) -> list[str]:
        executor = GraphQLExecutor(schema=schema, limits=self.baton.baton.limits, errors=ErrorFormatter())
        request = GraphQLRequest(query=mutation(self.name), variables={"input": given})
        operation = await executor.prepare(request, self.revoked)
        assert isinstance(operation, Operation)
        context = Context(services=self.baton.baton.services, principal=self.revoked)
        sent = json.loads((await executor.execute(operation, context)).encode())
        return [error["code"] for error in sent["data"][self.name]["errors"]]


async def revoked_owner(baton: Program, shop: Shop) -> Principal:
    """Return the principal of an owner's key that has been revoked since."""
    accounts, keys = baton.baton.services.accounts, baton.baton.services.keys
    made = await accounts.create_staff_key(shop.id, shop.staff[StaffRole.OWNER])
    principal = await accounts.principal_of(made.token)
    await keys.revoke(None, shop.id, made.credential.id)
    return principal


@pytest.mark.parametrize("name", ACTIONS)
async def test_each_action_leaves_one_entry(baton: Program, shop: Shop, fakes: Fakes, name: str) -> None:
    """And none, nor any other change, by a key that is revoked before the commit."""
    action, act = ACTIONS[name]
    revoked = await revoked_owner(baton, shop)
    stage = RevokedFirst(baton=baton, shop=shop, fakes=fakes, name=name, revoked=revoked)
    known = await entries(stage.baton, stage.shop, actions=[action.value])  # of the shop's own keys
    await act(stage)
    assert stage.refused == ["FORBIDDEN"]
    entry, *others = await entries(stage.baton, stage.shop, actions=[action.value])
    assert others == known
    assert entry["action"] == action.value
    assert entry["actor"] == {
        "kind": "STAFF",
        "name": "Owner",
        "staffId": to_global_id("Staff", stage.shop.staff[StaffRole.OWNER]),
        "keyId": to_global_id("ApiKey", stage.shop.keys["owner"].credential.id),
        "keyLabel": None,
        "address": "127.0.0.1",
    }
    assert entry["target"]["targetId"]


async def test_settings_with_their_values(stage: Stage) -> None:
    week = [{"weekday": 1, "opensAt": "08:00", "closesAt": "12:00"}]
    await stage.do("updateAccount", agentLive=False, businessWeek=week, holidays=["2026-12-25"])
    await stage.do("updateHandoffSettings", method="MESSAGE", customMessage="Call us.")
    handoff, account = (await entries(stage.baton, stage.shop))[:2]
    assert account["target"] == {"kind": "ACCOUNT", "targetId": stage.shop.global_id, "name": "Shop"}
    assert changes_of(account) == {
        "agentLive": ("true", "false"),
        "businessWeek": (", ".join(f"{day} 09:00:00 17:00:00" for day in range(1, 6)), "1 08:00:00 12:00:00"),
        "holidays": ("", "2026-12-25"),
    }
    assert handoff["target"]["kind"] == "HANDOFF_SETTINGS"
    assert changes_of(handoff) == {"method": ("HELPDESK", "MESSAGE"), "customMessage": (None, "Call us.")}


async def test_a_refused_command_leaves_no_entry(stage: Stage) -> None:
    before = await entries(stage.baton, stage.shop)
    for key, given in ((stage.shop.owner, {"greeting": " "}), (stage.shop.support, {"greeting": "Hi"})):
        payload = (
            await stage.baton.ask(
                key,
                "mutation($input: UpdateAccountInput!) { updateAccount(input: $input) { errors { code } } }",
                input=given,
            )
        ).body
        assert payload["data"]["updateAccount"]["errors"]
    assert await entries(stage.baton, stage.shop) == before


async def test_a_repeated_command_leaves_one_entry(stage: Stage) -> None:
    given = {"url": f"{stage.fakes.receiver.url}/hooks", "topics": ["CONVERSATION_STARTED"], "idempotencyKey": "one"}
    for _ in range(2):
        await stage.do("createWebhookEndpoint", **given)
    await asyncio.gather(*(stage.do("createWebhookEndpoint", **given) for _ in range(2)))
    assert len(await entries(stage.baton, stage.shop, actions=["WEBHOOK_CREATED"])) == 1


async def test_a_change_of_nothing_leaves_no_entry(stage: Stage) -> None:
    endpoint = await stage.endpoint()
    await stage.do("updateWebhookEndpoint", endpointId=endpoint["id"], description="Partner")
    assert await entries(stage.baton, stage.shop, actions=["WEBHOOK_UPDATED"]) == []


async def test_secrets_are_named_and_not_shown(stage: Stage) -> None:
    """`Program` also looks for every secret in the whole database when the test ends."""
    for _, act in ACTIONS.values():
        await act(stage)
    url = f"{stage.fakes.receiver.url}/hooks/T0/B0/secret-in-the-path?token=secret-in-the-query"
    await stage.do("createWebhookEndpoint", url=url, topics=["CONVERSATION_STARTED"])
    found = await entries(stage.baton, stage.shop)
    twilio = [e for e in found if e["action"] == "CHANNEL_CONNECTED"][-1]  # the first, as the newest entry comes first
    assert changes_of(twilio)["settings.smsFrom"] == (None, "+15005550006")
    assert changes_of(twilio)["credentials"] == (None, None)
    written = json.dumps(await stage.baton.database["audit_entries"].find({}, {"_id": 0, "at": 0}).to_list())
    assert "secret-in-the" not in written
    assert [e["target"]["name"] for e in found[:1]] == [stage.fakes.receiver.url]
    values = {text for entry in found for change in changes_of(entry).values() for text in change if text is not None}
    assert [text for text in values if re.fullmatch("[0-9A-HJKMNP-TV-Z]{26}", text)] == []  # ids as they are stored


async def test_ids_in_the_changes_are_those_of_the_api(stage: Stage) -> None:
    for name in ("mergeProfiles", "splitProfile", "rotateKey", "signOut", "retryDeadLetter"):
        await ACTIONS[name][1](stage)
    found = await entries(stage.baton, stage.shop)
    shown = {name: after for entry in found for name, (_, after) in changes_of(entry).items()}
    document = "query($id: ID!) { node(id: $id) { __typename id } }"
    for name, kind in {
        "mergedProfile": "Profile",  # the merged one, whose node is the whole profile
        "splitProfile": "Profile",
        "replacedBy": "ApiKey",
        "receiver": "Forwarding",
        "event": "ConversationStartedEvent",
    }.items():
        assert (await stage.baton.data(stage.shop.owner, document, id=shown[name]))["node"]["__typename"] == kind
    assert (parse_global_id(shown["session"] or "") or [""])[0] == "Session"  # it has ended, so it is no node


async def test_merges_by_a_proof(stage: Stage) -> None:
    """The shopper is the actor, whichever way the proof came; of a message that a carrier brought, the carrier."""
    baton, shop = stage.baton, stage.shop
    bea = {"phone": "+393331234567"}
    known = await baton.start(shop, key=shop.owner, channel="SMS", **bea)
    ann = await baton.start(shop, key=shop.owner, profileId="ann")
    secret = (await stage.do("updateIdentityKeys", newSecret=True))["created"]["secret"]
    baton.identity_secrets[shop.id] = secret
    first, second = await baton.start(shop, anonymousId="a browser of 128 bits"), await baton.start(shop)
    assert await entries(baton, shop, actions=["PROFILES_MERGED"]) == []
    token = await identity_token(baton, shop, "ann")
    await baton.start(shop, anonymousId="a browser of 128 bits", identityToken=token)
    await baton.done(second.token, "identifyVisitor", conversationId=second.id, identityToken=token)
    await baton.start(shop, key=shop.owner, channel="EMAIL", profileId="ann", **bea)
    found = await entries(baton, shop, actions=["PROFILES_MERGED"])
    assert [entry["actor"]["kind"] for entry in reversed(found)] == ["SHOPPER", "SHOPPER", "STAFF"]
    # An entry stays when a shopper is erased, so it has no address of one.
    assert [entry["actor"]["address"] for entry in reversed(found)] == [None, None, "127.0.0.1"]
    assert {entry["target"]["targetId"] for entry in found} == {ann.conversation["profile"]["id"]}
    parts = [each.conversation["profile"]["id"] for each in (first, second, known)]
    assert [changes_of(entry)["mergedProfile"] for entry in reversed(found)] == [(None, part) for part in parts]


NOBODY = "Erased the buyers of 0 orders. Shoppers whose erasure has begun: 0."


async def test_erasure_by_shopify(stage: Stage) -> None:
    payload = await stage.do("connectShopify", shopDomain=SHOP, clientSecret=SECRET)
    url = payload["connection"]["webhookUrl"]
    shopify = ShopifySender(stage.baton.http, url.removeprefix("https://baton.example"))
    customer = {"shop_domain": SHOP, "customer": {"id": 7, "email": "ann@example.com"}, "orders_to_redact": [1]}
    assert await shopify.tell("customers/redact", customer) == NOBODY
    [entry] = await entries(stage.baton, stage.shop, actions=["ERASED"])
    assert (entry["actor"]["kind"], entry["actor"]["name"]) == ("CONNECTED_SERVICE", "Shopify")
    assert (entry["target"]["kind"], entry["target"]["name"]) == ("CONNECTION", Service.SHOPIFY.spoken)
    assert changes_of(entry) == {"orders": (None, "0")}
    assert "ann@example.com" not in json.dumps(
        await stage.baton.database["audit_entries"].find({}, {"at": 0}).to_list()
    )


def test_every_action_has_a_description() -> None:
    described = schema._schema.type_map["AuditAction"]
    actions = [*AuditAction, "UNKNOWN"]  # the last is that of a newer version
    assert {value: bool(each.description) for value, each in described.values.items()} == dict.fromkeys(actions, True)  # type: ignore[attr-defined]
