"""An account's settings and its staff."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from domain.model.attachments import LARGEST_FILE
from domain.model.sign_in import SignInIdentity
from domain.principal import StaffRole
from domain.values.calendar import WeekStart
from domain.values.channel import Channel
from domain.values.ids import AccountId, StaffId
from domain.values.record import Record, StoredEnum

WORKERS = frozenset({StaffRole.OWNER, StaffRole.ADMIN, StaffRole.MANAGER, StaffRole.SUPPORT})  # on tickets


class Availability(StoredEnum):
    ONLINE = "ONLINE"
    AWAY = "AWAY"


class TouchKind(StoredEnum):
    PRODUCT_CARD_CLICK = "PRODUCT_CARD_CLICK"
    SMS_CLICK = "SMS_CLICK"
    SMS_DELIVERY = "SMS_DELIVERY"
    WHATSAPP_CLICK = "WHATSAPP_CLICK"
    WHATSAPP_OPEN = "WHATSAPP_OPEN"
    EMAIL_CLICK = "EMAIL_CLICK"
    EMAIL_OPEN = "EMAIL_OPEN"


class Assignment(StoredEnum):
    """How a new ticket in the inbox finds its assignee."""

    MANUAL = "MANUAL"  # staff take tickets themselves
    ROUND_ROBIN = "ROUND_ROBIN"  # the ONLINE staff member who was assigned one longest ago


class TicketMails(StoredEnum):
    """How a member of staff is told by e-mail of tickets that wait."""

    AT_ONCE = "AT_ONCE"
    DIGEST = "DIGEST"
    NONE = "NONE"


LONGEST_WINDOW = timedelta(days=90)  # a sale later than this is not credited to a touch


class AttributionTouch(Record):
    """Whether a kind of touch on a channel can be credited with a sale, and for how long after the touch."""

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
    """An interval of a weekday (ISO 8601: 1 is Monday, 7 Sunday). `closes_at` is `None` for midnight at its end."""

    weekday: int
    opens_at: time
    closes_at: time | None


class Account(Record):
    """A shop, with its settings."""

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
    stranded_after: timedelta = timedelta(minutes=15)  # how long a ticket waits before it counts as stranded
    agent_silence: timedelta | None = None  # the agent's time limit for a reply; None: no limit
    largest_attachment: int = LARGEST_FILE  # bytes of one file
    attachment_types: tuple[str, ...] = ()  # content types of files, such as image/*; empty: every one
    mail_replies_after: timedelta | None = timedelta(minutes=5)  # to shoppers who left the chat; None: never
    demo: bool = False  # created by the first start, for trying out
    rules_at_work: bool = False  # whether messages of shoppers are checked: `Guidance.is_at_work`
    version: int = 1

    def is_live_on(self, channel: Channel) -> bool:
        """Whether the agent takes new conversations on the channel."""
        return self.agent_live and channel in self.channels


class Staff(Record):
    """A member of the account's staff."""

    id: StaffId
    name: str
    email: str
    role: StaffRole
    availability: Availability = Availability.AWAY
    last_assigned_at: datetime | None = None  # by round robin; taking a ticket does not count
    capacity: int | None = None  # open tickets up to which it is assigned more; None: no limit
    ticket_mails: TicketMails = TicketMails.DIGEST
    digest_every: timedelta = timedelta(hours=1)  # between the first ticket that waits and the mail
    sign_in: SignInIdentity | None = None  # from the first sign-in on
    suspended_at: datetime | None = None  # since when the member's keys and sessions are refused; None: they are valid

    @property
    def works_on_tickets(self) -> bool:
        """Whether tickets can be assigned to the member."""
        return self.role in WORKERS and self.suspended_at is None


def may_be_told(staff: Staff) -> bool:
    """Whether a member gets mails about tickets that wait."""
    return staff.works_on_tickets and staff.ticket_mails is not TicketMails.NONE
