"""The mutations `saveProducts` and `deleteProducts`."""

from typing import Annotated

import strawberry

from domain.knowledge.commands import MOST_SAVED, ChangedProducts, ProductDraft
from domain.model.agent.knowledge import ProductVariant
from resolvers.context import Info
from resolvers.errors import Payload, refusals_in
from resolvers.money import MoneyInput, money_of


@strawberry.input(description="A form in which a product can be bought.")
class ProductVariantInput:
    variant_id: strawberry.ID = strawberry.field(description="The shop's own ID of the variant.")
    options: list[str] = strawberry.field(
        default_factory=list, description="Its options, such as `color: blue`, at most 20."
    )
    price: MoneyInput | None = strawberry.field(default=None, description="The price of the variant.")
    available: bool = strawberry.field(default=True, description="Whether it can be bought at present.")


@strawberry.input(description="A product of the catalogue.")
class ProductInput:
    product_id: strawberry.ID = strawberry.field(
        description="The shop's own ID of the product. A product with the same ID is replaced."
    )
    title: str = strawberry.field(description="The title: one line, at most 200 characters.")
    description: str | None = strawberry.field(default=None, description="A description, at most 5,000 characters.")
    category: str | None = strawberry.field(
        default=None, description="The shop's category of the product, at most 200 characters."
    )
    url: str | None = strawberry.field(default=None, description="The http or https address of the product's page.")
    image_url: str | None = strawberry.field(default=None, description="The http or https address of a picture.")
    price: MoneyInput | None = strawberry.field(default=None, description="The price, where no variant has one.")
    available: bool = strawberry.field(
        default=True, description="Whether it can be bought at present, where it has no variants."
    )
    variants: list[ProductVariantInput] = strawberry.field(
        default_factory=list, description="The variants of the product, at most 100."
    )


@strawberry.input(description="Products to add or replace.")
class SaveProductsInput:
    products: list[ProductInput] = strawberry.field(description=f"The products, at most {MOST_SAVED}.")


@strawberry.input(description="Products to delete.")
class DeleteProductsInput:
    product_ids: list[strawberry.ID] = strawberry.field(
        description=f"The shop's own IDs of the products, at most {MOST_SAVED}. Unknown IDs are ignored."
    )


@strawberry.type(description="The result of `saveProducts` and `deleteProducts`.")
class ProductsPayload(Payload):
    changed: int | None = strawberry.field(
        default=None, description="The number of products that were added, changed or deleted. `null` if refused."
    )
    total: int | None = strawberry.field(
        default=None, description="The number of products of the account after the change. `null` if refused."
    )


@refusals_in(ProductsPayload)
async def save_products(
    info: Info, input: Annotated[SaveProductsInput, strawberry.argument(description="The products to save.")]
) -> ProductsPayload:
    services, principal = info.context.services, info.context.principal
    drafts = [_draft(product) for product in input.products]
    return _payload(await services.knowledge.save_products(principal, principal.account_id, drafts))


@refusals_in(ProductsPayload)
async def delete_products(
    info: Info, input: Annotated[DeleteProductsInput, strawberry.argument(description="The products to delete.")]
) -> ProductsPayload:
    services, principal = info.context.services, info.context.principal
    return _payload(await services.knowledge.delete_products(principal, input.product_ids))


def _draft(given: ProductInput) -> ProductDraft:
    return ProductDraft(
        product_id=given.product_id,
        title=given.title,
        description=given.description,
        category=given.category,
        url=given.url,
        image_url=given.image_url,
        price=None if given.price is None else money_of(given.price),
        available=given.available,
        variants=tuple(
            ProductVariant(
                id=variant.variant_id,
                options=tuple(variant.options),
                price=None if variant.price is None else money_of(variant.price),
                available=variant.available,
            )
            for variant in given.variants
        ),
    )


def _payload(result: ChangedProducts) -> ProductsPayload:
    return ProductsPayload(changed=result.changed, total=result.total)
