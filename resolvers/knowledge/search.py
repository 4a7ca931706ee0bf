"""The resolver of `searchKnowledge`."""

from typing import Annotated, Self

import strawberry

from domain.knowledge.commands import LONGEST_QUESTION, MOST_FOUND
from domain.knowledge.ranking import FoundPassage
from resolvers.context import Info
from resolvers.knowledge.enums import SourceKind
from resolvers.relay.global_ids import to_global_id

_DEFAULT = 5
_TYPES = {SourceKind.ARTICLE: "Article", SourceKind.PRODUCT: "CatalogProduct"}


@strawberry.type(description="A passage of an article, or a product, that fits a question.")
class KnowledgePassage:
    source: SourceKind = strawberry.field(description="Whether it is taken from an article or from a product.")
    source_id: strawberry.ID = strawberry.field(description="The ID of the `Article` or `CatalogProduct`.")
    title: str = strawberry.field(description="The title of the article or product.")
    text: str = strawberry.field(
        description="The paragraph that fits, at most 700 characters; the description and options of a product."
    )
    url: str | None = strawberry.field(description="The address of the source. `null` if it has none.")
    confidence: float = strawberry.field(
        description="How far the passage fits, from 0 to 1. It can be compared between questions."
    )
    sufficient: bool = strawberry.field(
        description="Whether the confidence suffices to reply with the passage. Otherwise the question is "
        "better handed over."
    )

    @classmethod
    def of(cls, found: FoundPassage) -> Self:
        passage = found.passage
        return cls(
            source=passage.kind,
            source_id=to_global_id(_TYPES[passage.kind], passage.source_id),
            title=passage.title,
            text=passage.text,
            url=passage.url,
            confidence=round(found.confidence, 4),
            sufficient=found.is_sufficient,
        )


async def search_knowledge(
    info: Info,
    text: Annotated[
        str,
        strawberry.argument(description=f"The question, in any language, at most {LONGEST_QUESTION:,} characters."),
    ],
    source: Annotated[
        SourceKind | None, strawberry.argument(description="Search only articles, or only products. Omit it for both.")
    ] = None,
    first: Annotated[
        int | None, strawberry.argument(description=f"The number of passages, from 1 to {MOST_FOUND}. Default: 5.")
    ] = None,
) -> list[KnowledgePassage] | None:
    services, principal = info.context.services, info.context.principal
    found = await services.knowledge.search(principal, text, source, _DEFAULT if first is None else first)
    return [KnowledgePassage.of(each) for each in found]
