"""The help of the demo's shop, as a page: every article at the address that the agent names as its source."""

from __future__ import annotations

import html
from collections.abc import Iterable
from itertools import groupby

from api.cli.demo.shop import DemoArticle

_LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano"}


def help_page(articles: Iterable[DemoArticle]) -> str:
    """Return the articles as HTML, by language."""
    return "\n".join(_section(language, list(own)) for language, own in groupby(articles, lambda each: each.language))


def _section(language: str, articles: list[DemoArticle]) -> str:
    title = f'<h2 id="{language}">{html.escape(_LANGUAGES[language])}</h2>'
    return (
        f'<section lang="{language}" aria-labelledby="{language}">{title}{"".join(map(_article, articles))}</section>'
    )


def _article(article: DemoArticle) -> str:
    anchor = html.escape(article.url.partition("#")[2])
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in article.text.splitlines() if line)
    return f'<article id="{anchor}"><h3>{html.escape(article.title)}</h3>{paragraphs}</article>'
