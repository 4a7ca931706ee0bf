"""The index of passages: what is found, in which order, and what a change leaves of it."""

from __future__ import annotations

from domain.knowledge.passages import Passage, SourceKind
from domain.knowledge.ranking import find_passages
from integrations.ranking.tantivy_ranker import TantivyIndex, TantivyRanker

TEXTS = {
    "returns": ("Returns", "You can send back any item within 30 days after delivery."),
    "shipping": ("Shipping costs", "Standard shipping costs 4.90 euros, and is free from 50 euros on."),
    "rueckgabe": ("Rückgabe", "Sie können jeden Artikel innerhalb von 30 Tagen zurücksenden."),
    "password": ("Forgotten password", "We send you a link that works for one hour."),
}


def passage(source_id: str, title: str, text: str, place: int = 0) -> Passage:
    return Passage(kind=SourceKind.ARTICLE, source_id=source_id, place=place, title=title, text=text)


def filled() -> TantivyIndex:
    made = TantivyRanker().empty()
    made.change((), [passage(source_id, *texts) for source_id, texts in TEXTS.items()])
    return made


def found(index: TantivyIndex, question: str) -> list[str]:
    return [each.passage.source_id for each in find_passages(index.index, question, 3)]


def test_a_question_finds_its_passage_in_other_forms_and_with_typos() -> None:
    index = filled()
    assert found(index, "How much does shipping cost?")[0] == "shipping"
    assert found(index, "i forgot my pasword")[0] == "password"
    assert found(index, "Was kostet die Rücksendung?")[0] == "rueckgabe"
    assert found(index, "???") == found(index, "what is it") == []
    assert find_passages(TantivyRanker().empty().index, "shipping", 3) == []


def test_only_a_question_about_the_subject_is_sure() -> None:
    index = filled().index
    [sure, *_] = find_passages(index, "what are the shipping costs", 3)
    assert sure.is_sufficient
    for other in ("who is the president of the company", "do you hire engineers", "wie wird das Wetter morgen"):
        assert not any(each.is_sufficient for each in find_passages(index, other, 3)), other
    assert all(0 <= each.confidence <= 1 for each in find_passages(index, "shipping shipping costs euros", 3))


def test_a_change_replaces_the_passages_of_its_sources() -> None:
    growing = filled()
    before = growing.index
    moved = [passage("returns", "Bicycles", "We repair bicycles.", place) for place in range(2)]
    growing.change(["returns", "shipping", "unknown"], moved)
    assert growing.index.size == 4
    assert found(growing, "can you repair bicycles") == ["returns"]  # the best passage of each source
    assert "shipping" not in found(growing, "shipping costs")
    assert growing.index.frequency("bicycles") == 2
    assert before.frequency("bicycles") == 0  # a search that began before sees the index as it was
    assert growing.bytes > 20_000
