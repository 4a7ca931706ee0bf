"""An account's settings and its staff."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.principal import StaffRole
from domain.values.calendar import WeekStart
from domain.values.channel import Channel
from domain.values.ids import AccountId, StaffId
from domain.values.record import Record


class Availability(StrEnum):
    ONLINE = "ONLINE"
    AWAY = "AWAY"


class TouchKind(StrEnum):
    PRODUCT_CARD_CLICK = "PRODUCT_CARD_CLICK"
    SMS_CLICK = "SMS_CLICK"
    SMS_DELIVERY = "SMS_DELIVERY"
    WHATSAPP_CLICK = "WHATSAPP_CLICK"
    WHATSAPP_OPEN = "WHATSAPP_OPEN"
    EMAIL_CLICK = "EMAIL_CLICK"
    EMAIL_OPEN = "EMAIL_OPEN"


class Assignment(StrEnum):
    """Who gets a new ticket."""

    MANUAL = "MANUAL"  # whoever takes it
    ROUND_ROBIN = "ROUND_ROBIN"  # whoever is ONLINE and was given one longest ago


LONGEST_WINDOW = timedelta(days=90)  # beyond it no touch explains a sale


class AttributionTouch(Record):
    """Whether a touch on a channel earns a sale its credit, and for how long after it."""

    channel: Channel
    touch: TouchKind
    enabled: bool
    window: timedelta


# docs/product-rules.md, section 3: chat 24 h after a product-card click, and the defaults of the other channels.
DEFAULT_ATTRIBUTION = (
    AttributionTouch(
        channel=Channel.WEB_CHAT, touch=TouchKind.PRODUCT_CARD_CLICK, enabled=True, window=timedelta(hours=24)
    ),
    AttributionTouch(channel=Channel.SMS, touch=TouchKind.SMS_CLICK, enabled=True, window=timedelta(days=5)),
    AttributionTouch(channel=Channel.SMS, touch=TouchKind.SMS_DELIVERY, enabled=True, window=timedelta(hours=12)),
    AttributionTouch(channel=Channel.WHATSAPP, touch=TouchKind.WHATSAPP_CLICK, enabled=True, window=timedelta(days=5)),
    AttributionTouch(channel=Channel.WHATSAPP, touch=TouchKind.WHATSAPP_OPEN, enabled=False, window=timedelta(days=1)),
    AttributionTouch(channel=Channel.EMAIL, touch=TouchKind.EMAIL_CLICK, enabled=True, window=timedelta(days=5)),
    AttributionTouch(channel=Channel.EMAIL, touch=TouchKind.EMAIL_OPEN, enabled=False, window=timedelta(days=1)),
)


class OpeningHours(Record):
    """One stretch of a weekday (ISO 8601: 1 is Monday, 7 Sunday). `closes_at` None: midnight, the end of the day."""

    weekday: int
    opens_at: time
    closes_at: time | None


class Account(Record):
    id: AccountId
    name: str
    created_at: datetime
    time_zone: str = "UTC"
    currency: str = "USD"
    week_starts_on: WeekStart = WeekStart.MONDAY
    agent_live: bool = True
    agent_name: str = "Assistant"
    greeting: str = "Hi! How can I help you?"
    channels: tuple[Channel, ...] = tuple(Channel)
    business_week: tuple[OpeningHours, ...] = tuple(
        OpeningHours(weekday=day, opens_at=time(9), closes_at=time(17)) for day in range(1, 6)
    )
    holidays: tuple[date, ...] = ()
    away_message: str | None = None
    attribution: tuple[AttributionTouch, ...] = DEFAULT_ATTRIBUTION
    assignment: Assignment = Assignment.MANUAL
    stranded_after: timedelta = timedelta(minutes=15)  # a ticket waits, and nobody can take it
    agent_silence: timedelta | None = None  # how long the agent may take to answer; None: as long as it likes
    demo: bool = False  # the one that a first start makes, so that a newcomer has something to try
    version: int = 1


class Staff(Record):
    id: StaffId
    name: str
    email: str
    role: StaffRole
    availability: Availability = Availability.AWAY
    last_assigned_at: datetime | None = None  # by turns; not when they took one themselves
