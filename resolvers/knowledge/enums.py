"""Enums of the knowledge."""

from domain.knowledge.passages import SourceKind
from domain.model.agent.knowledge import ArticleKind
from domain.storage import GapOrder
from resolvers.enums import register_enum

register_enum(
    ArticleKind,
    "The kind of an article.",
    {
        "ARTICLE": "A page of the shop's help: a title, and a text of several paragraphs.",
        "SNIPPET": "A question as its title, and a short text that replies to it.",
    },
)

register_enum(
    SourceKind,
    "The kind of the source of a passage.",
    {
        "ARTICLE": "An article or a snippet.",
        "PRODUCT": "A product of the catalogue.",
    },
    name="KnowledgeSource",
)

register_enum(
    GapOrder,
    "The order of the knowledge gaps.",
    {
        "RECENT": "The gap with the latest question first.",
        "FREQUENT": "The gap with the most conversations first.",
    },
    name="KnowledgeGapOrder",
)

__all__ = ["ArticleKind", "GapOrder", "SourceKind"]
