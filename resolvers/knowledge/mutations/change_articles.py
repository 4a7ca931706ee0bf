"""The mutations `createArticle`, `updateArticle` and `deleteArticle`."""

from typing import Annotated

import strawberry

from domain.knowledge.commands import CreateArticle, UpdateArticle
from resolvers.arguments import IdempotentInput
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.knowledge.enums import ArticleKind
from resolvers.knowledge.types import Article, article_key

_URL = "The http or https address of the page that has the text, at most 2,048 characters."
_LANGUAGE = "The BCP 47 tag of the language of the text, for example `en` or `pt-BR`."


@strawberry.input(description="A new article or snippet.")
class CreateArticleInput(IdempotentInput):
    title: str = strawberry.field(
        description="The title of an article, or the question of a snippet: one line, at most 200 characters."
    )
    text: str = strawberry.field(
        description="The text: at most 50,000 characters of an article, 2,000 of a snippet. Paragraphs are separated "
        "by empty lines, and a reply quotes a paragraph."
    )
    language: str = strawberry.field(description=_LANGUAGE)
    kind: ArticleKind = strawberry.field(
        default=ArticleKind.ARTICLE, description="Whether it is an article or a snippet."
    )
    url: str | None = strawberry.field(default=None, description=_URL)


@strawberry.input(description="A change of an article or snippet. Fields that are omitted or `null` stay as they are.")
class UpdateArticleInput:
    article_id: strawberry.ID = strawberry.field(description="The ID of the article.")
    title: str | None = strawberry.field(default=None, description="The title, or the question of a snippet.")
    text: str | None = strawberry.field(default=None, description="The text of the article.")
    language: str | None = strawberry.field(default=None, description=_LANGUAGE)
    url: str | None = strawberry.field(default=None, description=f"{_URL} An empty text removes it.")
    expected_version: int | None = strawberry.field(
        default=None,
        description="The version that the caller read. Refused with CONFLICT if the article has changed since.",
    )


@strawberry.input(description="The article or snippet to delete.")
class DeleteArticleInput:
    article_id: strawberry.ID = strawberry.field(description="The ID of the article.")


@strawberry.type(description="The result of `createArticle` and `updateArticle`.")
class ArticlePayload(Payload):
    article: Article | None = strawberry.field(
        default=None, description="The article after the change. `null` if refused."
    )


@strawberry.type(description="The result of `deleteArticle`.")
class DeleteArticlePayload(Payload):
    deleted_id: strawberry.ID | None = strawberry.field(
        default=None, description="The ID of the deleted article. `null` if refused."
    )


@refusals_in(ArticlePayload)
async def create_article(
    info: Info, input: Annotated[CreateArticleInput, strawberry.argument(description="The article to create.")]
) -> ArticlePayload:
    command = CreateArticle(kind=input.kind, title=input.title, text=input.text, language=input.language, url=input.url)
    services, principal = info.context.services, info.context.principal
    row = await services.knowledge.create_article(principal, command, key=input.idempotency_key)
    return ArticlePayload(article=Article.of(row))


@refusals_in(ArticlePayload)
async def update_article(
    info: Info,
    input: Annotated[UpdateArticleInput, strawberry.argument(description="The article and the fields to change.")],
) -> ArticlePayload:
    command = UpdateArticle(
        article_id=article_key(input.article_id),
        title=input.title,
        text=input.text,
        language=input.language,
        url=input.url,
        expected_version=input.expected_version,
    )
    row = await info.context.services.knowledge.update_article(info.context.principal, command)
    return ArticlePayload(article=Article.of(row))


@refusals_in(DeleteArticlePayload)
async def delete_article(
    info: Info, input: Annotated[DeleteArticleInput, strawberry.argument(description="The article to delete.")]
) -> DeleteArticlePayload:
    await info.context.services.knowledge.delete_article(info.context.principal, article_key(input.article_id))
    return DeleteArticlePayload(deleted_id=input.article_id)
