"""Reads the products of a file: JSON or CSV, in the forms that docs/guides/knowledge.md describes.

    tau-bench    {product_id: {"name": …, "variants": {item_id: {"options": {…}, "available": …, "price": …}}}}
    JSON         a list, or JSON lines, of {"id", "title", "price", "variants": […], …}
    CSV          a header with the same names, and a row for each product

A price without a currency is in that of the account. A malformed record is yielded as a `RecordLeftOut`, and reading
continues.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from domain.imports.model import RecordLeftOut
from domain.knowledge.commands import ProductDraft
from domain.model.agent.knowledge import ProductVariant
from domain.values.errors import Invalid
from domain.values.money import Money

_MOST_BYTES = 200_000_000  # the file is read whole: the largest catalogue of an account has some 10 MB


class _Variant(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = Field(validation_alias=AliasChoices("id", "item_id", "variantId"))
    options: tuple[str, ...] = ()
    price: Decimal | None = None
    available: bool = True

    @field_validator("options", mode="before")
    @classmethod
    def _options(cls, given: object) -> object:
        return [f"{name}: {value}" for name, value in given.items()] if isinstance(given, dict) else given


class _Product(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = Field(validation_alias=AliasChoices("id", "product_id", "productId"))
    title: str = Field(validation_alias=AliasChoices("title", "name"))
    description: str | None = None
    category: str | None = None
    url: str | None = None
    image_url: str | None = Field(None, validation_alias=AliasChoices("image_url", "imageUrl"))
    price: Decimal | None = None
    currency: str | None = None
    available: bool = True
    variants: tuple[_Variant, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _without_empty_cells(cls, given: object) -> object:
        return {name: value for name, value in given.items() if value != ""} if isinstance(given, dict) else given

    @field_validator("variants", mode="before")
    @classmethod
    def _variants(cls, given: object) -> object:
        return list(given.values()) if isinstance(given, dict) else given


def read_products(path: Path, *, currency: str) -> Iterator[ProductDraft | RecordLeftOut]:
    """Yield the products of the file. Raises `Invalid` if the file cannot be read."""
    for position, record in enumerate(_records(path), start=1):
        try:
            yield _draft(_Product.model_validate(record), currency)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            place = ".".join(str(step) for step in first["loc"])
            yield RecordLeftOut(position=position, malformed=True, reason=f"{place or 'record'}: {first['msg']}")


def _draft(product: _Product, currency: str) -> ProductDraft:
    currency = product.currency or currency

    def money(amount: Decimal | None) -> Money | None:
        return None if amount is None else Money(amount=amount, currency=currency)

    return ProductDraft(
        product_id=product.id,
        title=product.title,
        description=product.description,
        category=product.category,
        url=product.url,
        image_url=product.image_url,
        price=money(product.price),
        available=product.available,
        variants=tuple(
            ProductVariant(id=each.id, options=each.options, price=money(each.price), available=each.available)
            for each in product.variants
        ),
    )


def _records(path: Path) -> Iterable[object]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise Invalid(f"{path.name}: a file of products has at most {_MOST_BYTES:,} bytes.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Invalid(f"{path.name}: {error.strerror or 'cannot be opened'}.") from None
    except UnicodeDecodeError:
        raise Invalid(f"{path.name}: the file is not UTF-8.") from None
    if not text.lstrip().startswith(("{", "[")):
        return _rows(path, text)
    try:
        return _objects(orjson.loads(text))
    except orjson.JSONDecodeError:
        return _lines(path, text)


def _rows(path: Path, text: str) -> Iterable[Mapping[str, Any]]:
    rows = csv.DictReader(text.splitlines(keepends=True))
    if not {"id", "title"} <= {*(rows.fieldnames or ())}:
        raise Invalid(f"{path.name}: this is neither JSON nor CSV with the columns id and title.")
    return rows


def _objects(content: Any) -> Iterable[object]:
    """Return the records of a list, of an object of products by their ids, or of a single product."""
    if isinstance(content, list):
        return content
    if all(isinstance(value, dict) for value in content.values()):
        return list(content.values())
    return [content]


def _lines(path: Path, text: str) -> list[object]:
    try:
        return [orjson.loads(line) for line in text.splitlines() if line.strip()]
    except orjson.JSONDecodeError:
        raise Invalid(f"{path.name}: the JSON is truncated or malformed.") from None
