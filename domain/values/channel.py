"""Where shoppers write."""

from enum import StrEnum


class Channel(StrEnum):
    WEB_CHAT = "WEB_CHAT"
    SMS = "SMS"
    EMAIL = "EMAIL"
    WHATSAPP = "WHATSAPP"

    @property
    def asks_first(self) -> bool:
        """Whether the shopper is asked before a human comes, and who it is: elsewhere the channel says who."""
        return self is Channel.WEB_CHAT
