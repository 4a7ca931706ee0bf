"""The channels on which shoppers write."""

from domain.values.record import StoredEnum


class Channel(StoredEnum):
    WEB_CHAT = "WEB_CHAT"
    SMS = "SMS"
    EMAIL = "EMAIL"
    WHATSAPP = "WHATSAPP"

    @property
    def asks_first(self) -> bool:
        """Whether a handoff is offered first, and the shopper's identity asked for. Other channels carry an
        identity."""
        return self is Channel.WEB_CHAT
