"""Builds the services of what is stored about shoppers: what shops report of them, erasure, retention and export."""

from __future__ import annotations

from typing import Any

from api.bootstrap.ports import Ports
from api.settings import Settings
from domain.commerce.shops import ShopService
from domain.erased import ErasureHashes
from domain.erasure.check import ErasureCheck
from domain.erasure.service import ErasureService
from domain.retention.legal_hold import LegalHoldService
from domain.retention.person import PersonExportService, PersonLinks
from domain.retention.redaction import RedactionService
from domain.retention.retention_settings import RetentionService


def shopper_services(settings: Settings, ports: Ports, secret: bytes) -> dict[str, Any]:
    """Return the services by their names in `Services`."""
    hashes = ErasureHashes(secret)
    erasures = ErasureService(storage=ports.storage, hashes=hashes)
    check = ErasureCheck(
        storage=ports.storage, erasures=erasures, records=ports.erasure, hashes=hashes, clock=ports.clock
    )
    shops = ShopService(storage=ports.storage, orders=ports.orders, hashes=hashes)
    links = PersonLinks(secret, public_url=settings.public_address)
    return {
        "shops": shops,
        "erasures": erasures,
        "erasure_check": check,
        "redactions": RedactionService(storage=ports.storage),
        "retention": RetentionService(storage=ports.storage),
        "person_links": links,
        "person_exports": PersonExportService(storage=ports.storage, links=links, hashes=hashes),
        "legal_holds": LegalHoldService(storage=ports.storage, erasures=erasures),
    }
