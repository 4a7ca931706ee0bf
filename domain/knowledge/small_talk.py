"""Messages that are no questions: a greeting, thanks, and the wish to talk to a human.

Words are folded as `words_of` folds them. A greeting and thanks count only if the message says nothing else, since a
question that begins with a greeting has to be answered.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from domain.guidance.sentiment_words import HAPPY_SIGNS
from domain.knowledge.function_words import FUNCTION_WORDS
from domain.search.tokenizer import words_of
from domain.values.record import Record

_GREETINGS: Final[dict[str, str]] = {
    "en": "hello hi hey hiya good morning afternoon evening greetings",
    "de": "hallo guten tag morgen abend moin servus gruss gott gruezi",
    "es": "hola buenos buenas dias tardes noches",
    "fr": "bonjour bonsoir salut coucou",
    "it": "ciao buongiorno buonasera salve",
    "pt": "ola oi bom boa dia tarde noite",
    "nl": "hoi dag goedemorgen goedemiddag goedenavond",
    "sv": "hej hejsan tjena",
    "da": "goddag",
    "nb": "heisann",
    "fi": "hei moi terve paivaa",
    "pl": "czesc dzien dobry witam",
}
_THANKS: Final[dict[str, str]] = {
    "en": "thank thanks lot thx ty cheers ok okay great perfect bye goodbye super cool alright",
    "de": "danke dankeschon vielen schonen alles klar tschuss wiedersehen prima",
    "es": "gracias muchas perfecto vale adios genial",
    "fr": "merci beaucoup parfait revoir",
    "it": "grazie mille perfetto arrivederci",
    "pt": "obrigado obrigada perfeito adeus",
    "nl": "bedankt dank dankjewel doei",
    "sv": "tack tackar toppen",
    "da": "tak mange",
    "nb": "takk tusen",
    "fi": "kiitos kiitoksia",
    "pl": "dziekuje dzieki",
}
_HUMAN_WORDS = """
human humans person people operator representative agent advisor employee colleague
mensch menschen mitarbeiter mitarbeiterin mitarbeitern berater beraterin
humano humana persona operador operadora asesor asesora agente
humain humaine personne conseiller conseillere operateur
umano umana operatore operatrice consulente
pessoa atendente mens medewerker medewerkster manniska medarbetare menneske medarbejder medarbeider
ihminen ihmisen ihmista asiakaspalvelija czlowiek czlowiekiem konsultant konsultantem konsultantka
"""
_SOMEBODY_WORDS = "someone somebody jemand jemandem jemanden alguien quelqu qualcuno alguem iemand"
_TALK_WORDS = """
talk speak chat connect transfer real live actual
sprechen reden verbinden verbinde echt echten echter echte
hablar comunicar conectar parler joindre vrai vraie parlare vero falar praten spreken
prata tala tale snakke puhua rozmawiac porozmawiac
"""
_HUMANS, _SOMEBODY, _TALKING = (frozenset(words.split()) for words in (_HUMAN_WORDS, _SOMEBODY_WORDS, _TALK_WORDS))


class SmallTalkKind(StrEnum):
    GREETING = "GREETING"
    THANKS = "THANKS"
    HUMAN_WANTED = "HUMAN_WANTED"


class SmallTalk(Record):
    kind: SmallTalkKind
    language: str | None = None  # of a greeting and of thanks, by their words; None of a sign such as 👍


_LANGUAGES: Final = {
    kind: {word: language for language, words in reversed(table.items()) for word in words.split()}
    for kind, table in ((SmallTalkKind.THANKS, _THANKS), (SmallTalkKind.GREETING, _GREETINGS))
}
_SAYING_NOTHING: Final = FUNCTION_WORDS.union(*_LANGUAGES.values(), ("ask", "help"))


def small_talk_in(text: str) -> SmallTalk | None:
    """Return what a message says, if it is no question; else `None`."""
    words = words_of(text)
    if not words and "?" not in text and any(sign in HAPPY_SIGNS for sign in text):
        return SmallTalk(kind=SmallTalkKind.THANKS)
    if _wants_human(words):
        return SmallTalk(kind=SmallTalkKind.HUMAN_WANTED)
    if not _SAYING_NOTHING.issuperset(words):
        return None
    for kind, languages in _LANGUAGES.items():
        language = next((languages[word] for word in words if word in languages), None)
        if language is not None:
            return SmallTalk(kind=kind, language=language)
    return None


def _wants_human(words: list[str]) -> bool:
    """Whether the message asks to talk to a human, or names one and nothing else."""
    found = set(words)
    talks = not found.isdisjoint(_TALKING)
    if not found.isdisjoint(_SOMEBODY) and talks:
        return True
    if found.isdisjoint(_HUMANS):
        return False
    return talks or all(word in _HUMANS or word in FUNCTION_WORDS for word in words)
