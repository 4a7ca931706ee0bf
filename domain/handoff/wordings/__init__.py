"""The languages that Baton speaks to shoppers, one module each. A new one is a module here and its name in `WORDINGS`.

Apostrophes are plain: a typographic one more than doubles what an SMS costs.
"""

from __future__ import annotations

from domain.handoff.wordings.da import DA
from domain.handoff.wordings.de import DE
from domain.handoff.wordings.en import EN
from domain.handoff.wordings.es import ES
from domain.handoff.wordings.fi import FI
from domain.handoff.wordings.fr import FR
from domain.handoff.wordings.it import IT
from domain.handoff.wordings.model import Opening, Wording
from domain.handoff.wordings.nb import NB
from domain.handoff.wordings.nl import NL
from domain.handoff.wordings.pl import PL
from domain.handoff.wordings.pt import PT, PT_BR
from domain.handoff.wordings.sv import SV

__all__ = ["EN", "NB", "WORDINGS", "Opening", "Wording"]

WORDINGS = (EN, IT, ES, PT, PT_BR, SV, DE, FR, NL, DA, NB, FI, PL)
