"""The languages that Baton speaks to shoppers, one module each. A new one is a module here and its name in `WORDINGS`.

Apostrophes are plain: a typographic one more than doubles what an SMS costs.
"""

from __future__ import annotations

from domain.i18n.messages.catalog import EmailConfirmationTexts, MessageCatalog, OpeningPhrase
from domain.i18n.messages.da import DA
from domain.i18n.messages.de import DE
from domain.i18n.messages.en import EN
from domain.i18n.messages.es import ES
from domain.i18n.messages.fi import FI
from domain.i18n.messages.fr import FR
from domain.i18n.messages.it import IT
from domain.i18n.messages.nb import NB
from domain.i18n.messages.nl import NL
from domain.i18n.messages.pl import PL
from domain.i18n.messages.pt import PT, PT_BR
from domain.i18n.messages.sv import SV

__all__ = ["EN", "NB", "WORDINGS", "EmailConfirmationTexts", "MessageCatalog", "OpeningPhrase"]

WORDINGS = (EN, IT, ES, PT, PT_BR, SV, DE, FR, NL, DA, NB, FI, PL)
