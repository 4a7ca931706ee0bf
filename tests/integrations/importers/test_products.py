"""Files of products: the published one of tau-bench, JSON, JSON lines and CSV."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from domain.imports.model import RecordLeftOut
from domain.knowledge.commands import ProductDraft, checked_products
from domain.values.errors import Invalid
from domain.values.money import Money
from integrations.importers.products import read_products

LAMP = {"id": 7, "title": "Lamp", "price": 12.5, "currency": "USD", "variants": [{"id": 1, "options": ["red"]}]}
CSV = '\ufeffid,title,price,available,url\n7,Lamp,12.50,true,\n8,"Desk, white",,no,https://shop.example/8\n'


def read(path: Path, text: str) -> list[ProductDraft | RecordLeftOut]:
    path.write_text(text)
    return list(read_products(path, currency="EUR"))


def test_the_forms_of_json_are_read_alike(tmp_path: Path) -> None:
    file = tmp_path / "products.json"
    for text in (json.dumps([LAMP]), json.dumps(LAMP), json.dumps({"7": LAMP}), f"{json.dumps(LAMP)}\n"):
        [draft] = read(file, text)
        assert isinstance(draft, ProductDraft)
        assert (draft.product_id, draft.title, draft.price) == (
            "7",
            "Lamp",
            Money(amount=Decimal("12.5"), currency="USD"),
        )
        assert (draft.variants[0].id, draft.variants[0].options) == ("1", ("red",))
    assert len(read(file, f"{json.dumps(LAMP)}\n\n{json.dumps(LAMP)}\n")) == 2


def test_a_csv_has_a_row_for_each_product(tmp_path: Path) -> None:
    lamp, desk = read(tmp_path / "products.csv", CSV)
    assert isinstance(lamp, ProductDraft)
    assert isinstance(desk, ProductDraft)
    assert (lamp.price, lamp.url, lamp.available) == (Money(amount=Decimal("12.50"), currency="EUR"), None, True)
    assert (desk.title, desk.price, desk.available) == ("Desk, white", None, False)


def test_the_products_of_tau_bench(tmp_path: Path) -> None:
    variant = {"item_id": "961", "options": {"color": "blue", "size": "M"}, "available": True, "price": 50.88}
    shirt = {"name": "T-Shirt", "product_id": "952", "variants": {"961": variant}}
    [draft] = read(tmp_path / "retail-products.json", json.dumps({"952": shirt}))
    [checked] = checked_products([draft] if isinstance(draft, ProductDraft) else [])
    assert (checked.product_id, checked.title) == ("952", "T-Shirt")
    assert checked.variants[0].options == ("color: blue", "size: M")


def test_malformed_records_are_named_and_the_others_read(tmp_path: Path) -> None:
    records = [LAMP, {"title": "No id"}, {**LAMP, "price": "cheap"}, "nonsense", LAMP]
    found = read(tmp_path / "products.json", json.dumps(records))
    left_out = [each for each in found if isinstance(each, RecordLeftOut)]
    assert [each.position for each in left_out] == [2, 3, 4]
    assert left_out[1].reason.startswith("price: ")
    assert len(found) == 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "neither JSON nor CSV"),
        (b"name;price\n", "neither JSON nor CSV"),
        (b'[{"id": 1', "truncated or malformed"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "products"
    file.write_bytes(content)
    with pytest.raises(Invalid, match=words):
        list(read_products(file, currency="EUR"))
