"""GraphQL types of articles and products, their lists, and the resolvers of `articles` and `catalog`."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

from domain.model.agent import knowledge as model
from domain.principal import Permission
from resolvers.arguments import After, First
from resolvers.context import Context, Info
from resolvers.knowledge.enums import ArticleKind
from resolvers.money import Money
from resolvers.relay.connections import Connection, Listing
from resolvers.relay.global_ids import Node, key_of, to_global_id


@strawberry.type(
    description="A text from which the agent replies: an article of the shop's help, or a snippet, a short reply to "
    "one question. Every process finds a changed text within a second."
)
class Article(Node):
    kind: ArticleKind = strawberry.field(description="Whether it is an article or a snippet.")
    title: str = strawberry.field(description="The title of an article, or the question of a snippet.")
    text: str = strawberry.field(description="The text, as it was written.")
    language: str = strawberry.field(description="The BCP 47 tag of the language of the text.")
    url: str | None = strawberry.field(
        description="The address of the page that has the text, which replies name as their source. `null` if there "
        "is none."
    )
    created_at: datetime = strawberry.field(description="The time at which it was created.")
    updated_at: datetime = strawberry.field(description="The time of its last change.")
    version: int = strawberry.field(description="A number that grows with each change, for `expectedVersion`.")

    @classmethod
    def of(cls, row: model.Article) -> Self:
        return cls(
            id=to_global_id("Article", row.id),
            kind=row.kind,
            title=row.title,
            text=row.text,
            language=row.language,
            url=row.url,
            created_at=row.created_at,
            updated_at=row.updated_at,
            version=row.version,
        )


@strawberry.type(description="A form in which a product can be bought.")
class ProductVariant:
    variant_id: strawberry.ID = strawberry.field(description="The shop's own ID of the variant.")
    options: list[str] = strawberry.field(description="Its options, such as `color: blue`.")
    price: Money | None = strawberry.field(description="Its price. `null` if it has none.")
    available: bool = strawberry.field(description="Whether it can be bought at present.")

    @classmethod
    def of(cls, row: model.ProductVariant) -> Self:
        return cls(
            variant_id=strawberry.ID(row.id),
            options=list(row.options),
            price=None if row.price is None else Money.of(row.price),
            available=row.available,
        )


@strawberry.type(description="A product of the shop's catalogue, which the agent can recommend.")
class CatalogProduct(Node):
    product_id: strawberry.ID = strawberry.field(description="The shop's own ID of the product.")
    title: str = strawberry.field(description="The title of the product.")
    description: str | None = strawberry.field(description="The description of the product. `null` if it has none.")
    category: str | None = strawberry.field(description="The shop's category of the product. `null` if it has none.")
    url: str | None = strawberry.field(description="The address of the product's page. `null` if it has none.")
    image_url: str | None = strawberry.field(description="The address of a picture. `null` if there is none.")
    price: Money | None = strawberry.field(
        description="The lowest price among the variants that can be bought, else the price of the product. `null` if "
        "it has none."
    )
    available: bool = strawberry.field(description="Whether the product, or a variant of it, can be bought at present.")
    variants: list[ProductVariant] = strawberry.field(description="The variants of the product, at most 100.")
    updated_at: datetime = strawberry.field(description="The time of its last change.")

    @classmethod
    def of(cls, row: model.CatalogProduct) -> Self:
        price = row.lowest_price
        return cls(
            id=to_global_id("CatalogProduct", row.id),
            product_id=strawberry.ID(row.product_id),
            title=row.title,
            description=row.description,
            category=row.category,
            url=row.url,
            image_url=row.image_url,
            price=None if price is None else Money.of(price),
            available=row.is_available,
            variants=[ProductVariant.of(variant) for variant in row.variants],
            updated_at=row.updated_at,
        )


@strawberry.type(description="A page of the articles and snippets, the newest first.")
class ArticleConnection(Connection[Article]):
    kind: strawberry.Private[ArticleKind | None] = None

    @strawberry.field(description="The number of articles and snippets in the whole list.")
    async def total_count(self, info: Info) -> int:
        totals = await info.context.services.knowledge.totals(info.context.principal)
        return {
            ArticleKind.ARTICLE: totals.articles,
            ArticleKind.SNIPPET: totals.snippets,
            None: totals.articles + totals.snippets,
        }[self.kind]


@strawberry.type(description="A page of the catalogue, in the order of the shop's own IDs.")
class CatalogProductConnection(Connection[CatalogProduct]):
    @strawberry.field(description="The number of products in the catalogue.")
    async def total_count(self, info: Info) -> int:
        return (await info.context.services.knowledge.totals(info.context.principal)).products


async def articles(
    info: Info,
    kind: Annotated[
        ArticleKind | None, strawberry.argument(description="Return only articles, or only snippets. Omit it for both.")
    ] = None,
    first: First = None,
    after: After = None,
) -> ArticleConnection | None:
    name = "articles" if kind is None else f"articles {kind.value}"
    listing = Listing(info.context, name, (str,), key=lambda row: (row.id,), node=Article.of)
    services, principal = info.context.services, info.context.principal
    page = await services.knowledge.articles(principal, kind, listing.slice(first, after))
    return ArticleConnection(**listing.parts(page), kind=kind)


async def catalog(info: Info, first: First = None, after: After = None) -> CatalogProductConnection | None:
    listing = Listing(info.context, "catalog", (str,), key=lambda row: (row.product_id,), node=CatalogProduct.of)
    page = await info.context.services.knowledge.products(info.context.principal, listing.slice(first, after))
    return CatalogProductConnection(**listing.parts(page))


async def find_article(context: Context, key: str) -> Article | None:
    context.principal.require(Permission.READ_KNOWLEDGE)
    row = await context.reader.get(model.Article, key)
    return None if row is None else Article.of(row)


async def find_product(context: Context, key: str) -> CatalogProduct | None:
    context.principal.require(Permission.READ_KNOWLEDGE)
    row = await context.reader.get(model.CatalogProduct, key)
    return None if row is None else CatalogProduct.of(row)


def article_key(global_id: str) -> str:
    return key_of(global_id, "Article", field="article_id")
