"""The mutations `createArticleFromGap` and `dismissKnowledgeGap`."""

from typing import Annotated

import strawberry

from domain.knowledge.commands import CreateArticle
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.knowledge.enums import ArticleKind
from resolvers.knowledge.gaps import gap_key
from resolvers.knowledge.mutations.change_articles import ArticlePayload, CreateArticleInput
from resolvers.knowledge.types import Article


@strawberry.input(description="A new article or snippet for a group of questions.")
class CreateArticleFromGapInput(CreateArticleInput):
    gap_id: strawberry.ID = strawberry.field(description="The ID of the knowledge gap, which ends.")
    kind: ArticleKind = strawberry.field(
        default=ArticleKind.SNIPPET, description="Whether it becomes an article or a snippet."
    )


@strawberry.input(description="The knowledge gap to dismiss.")
class DismissKnowledgeGapInput:
    gap_id: strawberry.ID = strawberry.field(description="The ID of the knowledge gap.")


@strawberry.type(description="The result of `dismissKnowledgeGap`.")
class DismissKnowledgeGapPayload(Payload):
    dismissed_id: strawberry.ID | None = strawberry.field(
        default=None, description="The ID of the dismissed knowledge gap. `null` if refused."
    )


@refusals_in(ArticlePayload)
async def create_article_from_gap(
    info: Info,
    input: Annotated[
        CreateArticleFromGapInput, strawberry.argument(description="The article to create, and the gap that it closes.")
    ],
) -> ArticlePayload:
    command = CreateArticle(kind=input.kind, title=input.title, text=input.text, language=input.language, url=input.url)
    services, principal = info.context.services, info.context.principal
    gap, key = gap_key(input.gap_id), input.idempotency_key
    return ArticlePayload(article=Article.of(await services.knowledge.gaps.write_article(principal, gap, command, key)))


@refusals_in(DismissKnowledgeGapPayload)
async def dismiss_knowledge_gap(
    info: Info,
    input: Annotated[DismissKnowledgeGapInput, strawberry.argument(description="The knowledge gap to dismiss.")],
) -> DismissKnowledgeGapPayload:
    await info.context.services.knowledge.gaps.dismiss(info.context.principal, gap_key(input.gap_id))
    return DismissKnowledgeGapPayload(dismissed_id=input.gap_id)
