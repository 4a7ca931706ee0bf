"""The queries and mutations of knowledge."""

import strawberry

from domain.knowledge.commands import MOST_ARTICLES, MOST_CHARACTERS, MOST_PRODUCTS, MOST_SNIPPETS
from resolvers.knowledge.gaps import KnowledgeGapConnection, knowledge_gaps
from resolvers.knowledge.mutations.change_articles import (
    ArticlePayload,
    DeleteArticlePayload,
    create_article,
    delete_article,
    update_article,
)
from resolvers.knowledge.mutations.change_products import ProductsPayload, delete_products, save_products
from resolvers.knowledge.mutations.close_gaps import (
    DismissKnowledgeGapPayload,
    create_article_from_gap,
    dismiss_knowledge_gap,
)
from resolvers.knowledge.search import KnowledgePassage, search_knowledge
from resolvers.knowledge.types import ArticleConnection, CatalogProductConnection, articles, catalog

_READERS = "For staff, and for keys with the scope `agent`."
_WRITERS = "For OWNER, ADMIN and MANAGER."


@strawberry.type
class KnowledgeQueries:
    articles: ArticleConnection | None = strawberry.field(
        resolver=articles,
        description=f"The articles and snippets from which the agent replies, the newest first. {_READERS}",
    )
    catalog: CatalogProductConnection | None = strawberry.field(
        resolver=catalog, description=f"The products that the agent can recommend. {_READERS}"
    )
    knowledge_gaps: KnowledgeGapConnection | None = strawberry.field(
        resolver=knowledge_gaps,
        description="The questions that were handed over because the knowledge has no reply to them, grouped by "
        f"similar words. {_READERS}",
    )
    search_knowledge: list[KnowledgePassage] | None = strawberry.field(
        resolver=search_knowledge,
        description="The passages that fit a question best, the best first, at most one of each article or product. "
        f"A change of the knowledge is found within a second, by every process. {_READERS}",
    )


@strawberry.type
class KnowledgeMutations:
    create_article: ArticlePayload = strawberry.mutation(
        resolver=create_article,
        description=f"Creates an article or a snippet. An account has at most {MOST_ARTICLES:,} articles, "
        f"{MOST_SNIPPETS:,} snippets, and {MOST_CHARACTERS:,} characters of knowledge with its products. {_WRITERS}",
    )
    update_article: ArticlePayload = strawberry.mutation(
        resolver=update_article, description=f"Changes an article or a snippet. {_WRITERS}"
    )
    delete_article: DeleteArticlePayload = strawberry.mutation(
        resolver=delete_article, description=f"Deletes an article or a snippet. {_WRITERS}"
    )
    create_article_from_gap: ArticlePayload = strawberry.mutation(
        resolver=create_article_from_gap,
        description=f"Creates an article or a snippet for a group of questions, and ends the group. {_WRITERS}",
    )
    dismiss_knowledge_gap: DismissKnowledgeGapPayload = strawberry.mutation(
        resolver=dismiss_knowledge_gap,
        description=f"Ends a group of questions without an article. If it is asked again, a new one begins. {_WRITERS}",
    )
    save_products: ProductsPayload = strawberry.mutation(
        resolver=save_products,
        description="Adds products to the catalogue, and replaces those with the same IDs. An account has at most "
        f"{MOST_PRODUCTS:,}. {_WRITERS}",
    )
    delete_products: ProductsPayload = strawberry.mutation(
        resolver=delete_products, description=f"Deletes products from the catalogue. {_WRITERS}"
    )
