"""GraphQL types of a preview of the agent, and the resolver of `agentPreview`."""

from typing import Annotated, Self

import strawberry

from domain.agent.ports import AgentHandoff
from domain.answering import preview as model
from domain.knowledge.commands import LONGEST_QUESTION
from domain.model.agent.knowledge import Article
from resolvers.agent.enums import AgentDecision
from resolvers.context import Info
from resolvers.conversation.message import ProductCard
from resolvers.handoff.enums import EscalationReason
from resolvers.knowledge.enums import SourceKind
from resolvers.relay.global_ids import to_global_id


@strawberry.type(description="An article or a product from which the agent replies.")
class AgentSource:
    source: SourceKind = strawberry.field(description="Whether it is an article or a product.")
    source_id: strawberry.ID = strawberry.field(description="The ID of the `Article` or `CatalogProduct`.")
    title: str = strawberry.field(description="The title of the article or product.")
    url: str | None = strawberry.field(description="The address of the source. `null` if it has none.")


@strawberry.type(
    description="The decision that the agent would make about a message. Nothing is sent, and nothing is stored."
)
class AgentPreview:
    decision: AgentDecision = strawberry.field(description="Whether the agent replies or asks for a human.")
    text: str | None = strawberry.field(description="The text of the reply. `null` for a handoff.")
    products: list[ProductCard] = strawberry.field(
        description="The product cards of the reply, at most 20. Empty if there are none."
    )
    sources: list[AgentSource] = strawberry.field(
        description="The articles and products that the reply is from, at most 20. Empty for a handoff, and for "
        "replies that quote nothing."
    )
    confidence: float | None = strawberry.field(
        description="How far the sources fit the question, from 0 to 1. `null` for a handoff."
    )
    reason: EscalationReason | None = strawberry.field(description="The reason of the handoff. `null` for a reply.")
    reason_detail: str | None = strawberry.field(
        description="The reason of the handoff in words. `null` for a reply, and if there is no more to say."
    )
    rule: str | None = strawberry.field(
        description="The title of the escalation rule that the message matches. `null` if it matches none."
    )
    skill: str | None = strawberry.field(
        description="The skill of the agent, which the conversation would get. `null` if it would get none."
    )
    topics: list[str] = strawberry.field(
        description="The topics of the message, which the conversation would get as tags."
    )

    @classmethod
    def of(cls, found: model.AgentPreview) -> Self:
        outcome = found.outcome
        handoff = outcome if isinstance(outcome, AgentHandoff) else None
        reply = None if isinstance(outcome, AgentHandoff) else outcome
        return cls(
            decision=AgentDecision.REPLY if handoff is None else AgentDecision.HANDOFF,
            text=None if reply is None else reply.text,
            products=[ProductCard.of(product.card) for product in found.products],
            sources=[_source(each) for each in found.sources],
            confidence=None if reply is None else round(reply.confidence, 4),
            reason=None if handoff is None else handoff.reason,
            reason_detail=None if handoff is None else handoff.detail,
            rule=found.rule,
            skill=outcome.skill,
            topics=list(outcome.topics),
        )


def _source(source: model.Source) -> AgentSource:
    is_article = isinstance(source, Article)
    return AgentSource(
        source=SourceKind.ARTICLE if is_article else SourceKind.PRODUCT,
        source_id=to_global_id("Article" if is_article else "CatalogProduct", source.id),
        title=source.title,
        url=source.url,
    )


async def agent_preview(
    info: Info,
    text: Annotated[
        str,
        strawberry.argument(
            description=f"The message of an imagined shopper, in any language, at most {LONGEST_QUESTION:,} characters."
        ),
    ],
    locale: Annotated[
        str | None, strawberry.argument(description="The BCP 47 tag of the shopper's language. Omit it if unknown.")
    ] = None,
) -> AgentPreview | None:
    found = await info.context.services.agent_preview.preview(info.context.principal, text, locale)
    return AgentPreview.of(found)
