"""The model agent on a fake endpoint: each way to answer, and each way to fail, which ends at a human in time."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dev.fakes.chat_completions import KEY, ChatModel, Ends, Reply, Style, answering, calling
from dev.fakes.faults import Fault, cut_before, failing, responding, silent_before, too_many, wrong_body
from dev.fakes.server import serving
from domain.connected_services.models import ModelSettings
from domain.model.handoff import EscalationReason
from domain.public_addresses import MODELS
from domain.values.record import replace
from integrations.agents.model.agent import (
    Answer,
    FoundProduct,
    HandoffDecision,
    ModelAgent,
    ModelTurn,
    Outcome,
    Said,
    Source,
    TurnBudget,
)
from integrations.agents.model.endpoint import ModelEndpoint, open_http
from integrations.agents.model.errors import ModelProblem
from integrations.agents.model.stream import partial_text
from integrations.ssrf import GuardedHosts

TURN = ModelTurn(
    instructions="Answer from the sources.",
    history=(Said(by_shopper=True, text="How long is the warranty?"),),
    sources=(Source(id="a1", title="Warranty", text="Two years."),),
)
HANDED_OVER = {"reason": "explicit_ask", "detail": "Asked", "summary": "A human."}
LAMP = FoundProduct(id="p1", title="Lamp", description="A lamp.")


class ShopOfOne:
    """The lookups of one shopper."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def products(self, query: str) -> Sequence[FoundProduct]:
        self.asked.append(query)
        return [LAMP]

    async def order(self, order_id: str) -> str | None:
        self.asked.append(order_id)
        if order_id == "broken":
            raise RuntimeError
        return "On its way." if order_id == "1001" else None


@pytest.fixture
def model() -> ChatModel:
    return ChatModel()


@pytest.fixture
async def settings(model: ChatModel) -> AsyncIterator[ModelSettings]:
    async with serving(model) as url:
        yield ModelSettings(base_url=url, model="small", api_key=KEY, silence=60.0)


async def _turn(
    settings: ModelSettings, *, shop: ShopOfOne | None = None, seconds: float = 100.0, texts: list[str] | None = None
) -> Outcome:
    shown = [] if texts is None else texts
    async with open_http() as http:
        agent = ModelAgent(endpoint=ModelEndpoint(settings, http=http), budget=TurnBudget(seconds=seconds, steps=3))
        return await agent.turn(TURN, shop or ShopOfOne(), on_text=shown.append)


async def test_an_answer_grows_and_names_its_sources(model: ChatModel, settings: ModelSettings) -> None:
    model.replies.append(answering('It is "two" years: zwei Jährchen 🙂', source_ids=["a1"]))
    texts: list[str] = []
    outcome = await _turn(settings, texts=texts)
    assert outcome == Answer(text='It is "two" years: zwei Jährchen 🙂', source_ids=("a1",))
    assert texts[-1] == outcome.text
    assert len(texts) > 3
    assert all(outcome.text.startswith(text) for text in texts)
    [call] = model.received
    assert call.json["tool_choice"] == "required"
    assert [message["role"] for message in call.json["messages"]] == ["system", "user", "user"]
    assert "Two years." not in call.json["messages"][0]["content"]


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("crlf", [False, True])
async def test_servers_that_differ(model: ChatModel, settings: ModelSettings, style: Style, crlf: bool) -> None:
    lookups = [("recommend_products", '{"query": "a lamp"}'), ("track_order", '{"order_id": "1001"}')]
    model.replies += [
        Reply(calls=lookups, style=style, crlf=crlf),
        answering("A lamp.", product_ids=["p1"], style=style, ends=Ends.NO_MARK),
    ]
    shop = ShopOfOne()
    assert await _turn(settings, shop=shop) == Answer(text="A lamp.", product_ids=("p1",))
    assert shop.asked == ["a lamp", "1001"]
    _, second = model.received
    *_, said, products, order = second.json["messages"]
    assert [call["id"] for call in said["tool_calls"]] == [products["tool_call_id"], order["tool_call_id"]]
    assert len({call["id"] for call in said["tool_calls"]}) == 2
    assert json.loads(order["content"]) == {"order": "On its way."}


async def test_a_handoff(model: ChatModel, settings: ModelSettings) -> None:
    model.replies.append(calling("handoff", **HANDED_OVER))
    assert await _turn(settings) == HandoffDecision(
        reason=EscalationReason.EXPLICIT_ASK, detail="Asked", summary="A human."
    )


async def test_an_answer_without_confidence_is_a_handoff(model: ChatModel, settings: ModelSettings) -> None:
    model.replies.append(answering("Perhaps.", confidence="low"))
    outcome = await _turn(settings)
    assert isinstance(outcome, HandoffDecision)
    assert outcome.reason is EscalationReason.KNOWLEDGE_GAP


async def test_an_order_of_somebody_else_is_not_there(model: ChatModel, settings: ModelSettings) -> None:
    model.replies += [calling("track_order", order_id="2002"), answering("I find no such order.")]
    assert isinstance(await _turn(settings), Answer)
    result = model.received[-1].json["messages"][-1]["content"]
    assert json.loads(result)["order"] is None


TRANSIENT = (
    too_many(retry_after=0),
    responding(429, {"error": {"message": "slow down"}}),
    failing(500),
    failing(503, retry_after=0),
    cut_before(),
    responding(408, {}),
)


@pytest.mark.parametrize("fault", TRANSIENT)
async def test_passing_errors_are_retried(model: ChatModel, settings: ModelSettings, fault: Fault) -> None:
    model.replies += [fault, fault, answering("Two years.", source_ids=["a1"])]
    assert isinstance(await _turn(settings), Answer)


BROKEN: list[tuple[Reply | Fault, ModelProblem]] = [
    (responding(401, {"error": {"message": "no"}}), ModelProblem.CREDENTIALS),
    (responding(403, {}), ModelProblem.CREDENTIALS),
    (responding(400, {"error": {"message": "no tools here"}}), ModelProblem.REJECTED),
    (responding(404, text="<html>"), ModelProblem.REJECTED),
    (responding(302, text="", headers={"location": "https://elsewhere.example/"}), ModelProblem.REJECTED),
    (responding(200, text="<html>Everything is fine</html>"), ModelProblem.MALFORMED),
    (responding(200, {"choices": []}), ModelProblem.MALFORMED),
    (wrong_body(), ModelProblem.CREDENTIALS),
    (answering("x" * 200, ends=Ends.SHORT), ModelProblem.CUT_OFF),
    (answering("x" * 200, ends=Ends.CUT), ModelProblem.NO_RESPONSE),
    (answering("x" * 200, ends=Ends.SILENT), ModelProblem.NO_RESPONSE),
    (answering("x" * 200, ends=Ends.ERROR), ModelProblem.SERVER_ERROR),
    (answering("x" * 200, ends=Ends.NO_JSON), ModelProblem.MALFORMED),
    (answering("x" * 200, ends=Ends.ENDLESS), ModelProblem.TOO_LONG),
    (Reply(finish_reason="length"), ModelProblem.TOO_LONG),
    (Reply(finish_reason="content_filter"), ModelProblem.FILTERED),
    (Reply(refusal="I cannot help with that.", finish_reason="stop"), ModelProblem.FILTERED),
    (Reply(content="Two years.", finish_reason="stop"), ModelProblem.NO_TOOL_CALL),
    (calling("delete_account", really=True), ModelProblem.UNKNOWN_TOOL),
    (Reply(calls=[("answer", '{"text": "Two y')]), ModelProblem.INVALID_ARGUMENTS),
    (Reply(calls=[("answer", "")]), ModelProblem.INVALID_ARGUMENTS),
    (Reply(calls=[("answer", "[" * 5_000)]), ModelProblem.INVALID_ARGUMENTS),
    (answering("Two years.", admin=True), ModelProblem.INVALID_ARGUMENTS),
    (answering("", source_ids=["a1"]), ModelProblem.INVALID_ARGUMENTS),
    (answering("Two years.", confidence="certain"), ModelProblem.INVALID_ARGUMENTS),
    (answering("Two years.", source_ids=["b9"]), ModelProblem.INVALID_ARGUMENTS),
    (answering("A lamp.", product_ids=["p1"]), ModelProblem.INVALID_ARGUMENTS),
    (calling("handoff", **{**HANDED_OVER, "reason": "agent_failure"}), ModelProblem.INVALID_ARGUMENTS),
    (calling("track_order", order_id=1001), ModelProblem.INVALID_ARGUMENTS),
    (calling("track_order", order_id="broken"), ModelProblem.LOOKUP_FAILED),
    (Reply(extra=[{"error": "overloaded"}]), ModelProblem.SERVER_ERROR),
    (Reply(extra=[["no", "chunk"]]), ModelProblem.MALFORMED),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("reply", "problem"), BROKEN)
async def test_whatever_goes_wrong_ends_at_a_human(
    model: ChatModel, settings: ModelSettings, reply: Reply | Fault, problem: ModelProblem
) -> None:
    model.replies += [reply] * 3
    if reply == wrong_body():
        settings = replace(settings, api_key="wrong")
    if isinstance(reply, Reply) and reply.ends is Ends.SILENT:
        settings = replace(settings, silence=0.3)
    outcome = await _turn(settings)
    assert isinstance(outcome, HandoffDecision)
    assert (outcome.reason, outcome.problem) == (EscalationReason.AGENT_FAILURE, problem)
    assert KEY not in outcome.detail


async def test_an_endpoint_that_stays_broken(model: ChatModel, settings: ModelSettings) -> None:
    model.replies += [failing(503)] * 9
    outcome = await _turn(settings)
    assert isinstance(outcome, HandoffDecision)
    assert outcome.problem is ModelProblem.SERVER_ERROR
    assert len(model.received) == 3


async def test_the_time_of_a_turn_is_bounded(model: ChatModel, settings: ModelSettings) -> None:
    model.replies += [silent_before()] * 9
    began = time.monotonic()
    outcome = await _turn(settings, seconds=0.3)
    assert isinstance(outcome, HandoffDecision)
    assert outcome.problem is ModelProblem.OUT_OF_TIME
    assert time.monotonic() - began < 20  # a busy machine


async def test_a_wait_that_does_not_fit_ends_the_turn_at_once(model: ChatModel, settings: ModelSettings) -> None:
    model.replies += [too_many(retry_after=600)] * 2
    outcome = await _turn(settings, seconds=500)
    assert isinstance(outcome, HandoffDecision)
    assert outcome.problem is ModelProblem.RATE_LIMITED


async def test_the_steps_of_a_turn_are_bounded(model: ChatModel, settings: ModelSettings) -> None:
    model.replies += [calling("recommend_products", query="a lamp")] * 9
    outcome = await _turn(settings)
    assert isinstance(outcome, HandoffDecision)
    assert outcome.problem is ModelProblem.OUT_OF_STEPS
    assert len(model.received) == 3


async def test_nobody_is_there() -> None:
    outcome = await _turn(ModelSettings(base_url="http://127.0.0.1:9/v1", model="small"))
    assert isinstance(outcome, HandoffDecision)
    assert outcome.problem is ModelProblem.NO_CONNECTION


async def test_an_address_inside_the_network_is_refused() -> None:
    settings = ModelSettings(base_url="https://10.0.0.1/v1", model="small")
    async with open_http(GuardedHosts(traffic=MODELS)) as http:
        outcome = await ModelAgent(endpoint=ModelEndpoint(settings, http=http)).turn(TURN, ShopOfOne())
    assert isinstance(outcome, HandoffDecision)
    assert outcome.problem is ModelProblem.REJECTED


def test_the_key_is_not_shown() -> None:
    assert KEY not in repr(ModelSettings(base_url="https://a.example/v1", model="small", api_key=KEY))


@hypothesis_settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine stands still
@given(st.text(), st.data())
def test_a_partial_text_is_the_beginning_of_the_text(text: str, data: st.DataObject) -> None:
    arguments = json.dumps({"text": text, "source_ids": []}, ensure_ascii=data.draw(st.booleans()))
    cut = data.draw(st.integers(0, len(arguments)))
    assert text.startswith(partial_text(arguments[:cut]))
    assert partial_text(arguments) == text
