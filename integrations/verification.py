"""The time limit of checks of credentials."""

from __future__ import annotations

import asyncio

from domain.connected_services.ports import CredentialVerifier
from domain.model.connected_services import UnsealedConnection, VerificationResult
from domain.values.errors import Unavailable

VERIFICATION_SECONDS = 8.0  # for all calls of a check: within the 10 s of an operation (`api/graphql/limits.py`)


class PromptVerifier:
    """Gives another verifier so much time that the mutation which waits for it says why it fails (port:
    `CredentialVerifier`). The vendors' clients take as long as a delivery may, since they make those as well."""

    def __init__(
        self, verifier: CredentialVerifier, *, advice: str = "", seconds: float = VERIFICATION_SECONDS
    ) -> None:
        """`advice` says what to look at if the service is silent."""
        self._verifier = verifier
        self._advice = advice
        self._seconds = seconds

    async def verify(self, connection: UnsealedConnection) -> VerificationResult:
        """Return what the verifier says. Raises what it raises, and `Unavailable` if it takes too long."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._verifier.verify(connection)
        except TimeoutError:
            advice = f"{self._advice} " if self._advice else ""
            silent = f"The service did not respond within {self._seconds:g} s. {advice}"
            raise Unavailable(f"{silent}Nothing was saved; try again in a moment.") from None
