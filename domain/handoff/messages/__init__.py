"""The languages that Baton speaks to shoppers, one module each. A new one is a module here and its name in `WORDINGS`.

Apostrophes are plain: a typographic one more than doubles what an SMS costs.
"""

from __future__ import annotations

from domain.handoff.messages.catalog import MessageCatalog, OpeningPhrase
from domain.handoff.messages.da import DA
from domain.handoff.messages.de import DE
from domain.handoff.messages.en import EN
from domain.handoff.messages.es import ES
from domain.handoff.messages.fi import FI
from domain.handoff.messages.fr import FR
from domain.handoff.messages.it import IT
from domain.handoff.messages.nb import NB
from domain.handoff.messages.nl import NL
from domain.handoff.messages.pl import PL
from domain.handoff.messages.pt import PT, PT_BR
from domain.handoff.messages.sv import SV

__all__ = ["EN", "NB", "WORDINGS", "MessageCatalog", "OpeningPhrase"]

WORDINGS = (EN, IT, ES, PT, PT_BR, SV, DE, FR, NL, DA, NB, FI, PL)
