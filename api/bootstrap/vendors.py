"""The services that accounts connect: what proves their credentials, and what hands over what is sent to them."""

from __future__ import annotations

from collections.abc import Mapping

from api.settings import Settings, signing_secret
from domain.connection.model import Service
from domain.connection.ports import Prover
from domain.connection.shops import ProvedBySignature
from domain.helpdesk.rereading import TicketReader
from domain.messaging.mail import MailTokens
from domain.outbox.model import Destination
from domain.outbox.ports import Courier
from integrations.email.smtp import SmtpCourier, SmtpProver, SmtpRules
from integrations.helpdesks.gorgias import GorgiasCourier
from integrations.helpdesks.gorgias_api import GorgiasApi
from integrations.helpdesks.gorgias_prover import GorgiasProver
from integrations.helpdesks.gorgias_reading import GorgiasReader
from integrations.helpdesks.zendesk import ZendeskCourier
from integrations.helpdesks.zendesk_api import ZendeskApi
from integrations.helpdesks.zendesk_prover import ZendeskProver
from integrations.helpdesks.zendesk_reader import ZendeskReader
from integrations.klaviyo.api import KlaviyoApi
from integrations.klaviyo.events import KlaviyoEvents
from integrations.klaviyo.prover import KlaviyoProver
from integrations.sms.twilio import TwilioApi, TwilioCourier, TwilioProver
from integrations.web import WebClient
from integrations.webhooks.line import InternetLines


class Vendors:
    """Nothing is connected to until the first call."""

    def __init__(self, settings: Settings) -> None:
        self._web = WebClient()
        self.lines = InternetLines(private_networks=settings.webhook_private_networks)
        gorgias = GorgiasApi(web=self._web, url=settings.gorgias_url)
        zendesk = ZendeskApi(web=self._web, url=settings.zendesk_url)
        twilio = TwilioApi(web=self._web, url=settings.twilio_url)
        rules = SmtpRules(private=settings.smtp_private_networks)
        self.couriers: Mapping[Destination, Courier] = {
            Destination.GORGIAS: GorgiasCourier(api=gorgias),
            Destination.ZENDESK: ZendeskCourier(api=zendesk),
            Destination.TWILIO: TwilioCourier(api=twilio, public_url=settings.public_address),
            Destination.EMAIL: SmtpCourier(tokens=MailTokens(signing_secret(settings)), rules=rules),
        }
        self.ticket_readers: Mapping[Service, TicketReader] = {
            Service.GORGIAS: GorgiasReader(api=gorgias),
            Service.ZENDESK: ZendeskReader(api=zendesk),
        }
        klaviyo = KlaviyoApi(web=self._web, url=settings.klaviyo_url)
        self.klaviyo = KlaviyoEvents(api=klaviyo)
        self.provers: Mapping[Service, Prover] = {
            Service.GORGIAS: GorgiasProver(api=gorgias),
            Service.KLAVIYO: KlaviyoProver(api=klaviyo),
            Service.ZENDESK: ZendeskProver(api=zendesk),
            Service.TWILIO: TwilioProver(api=twilio),
            Service.EMAIL: SmtpProver(rules=rules),
            Service.SHOPIFY: ProvedBySignature(),
        }

    async def close(self) -> None:
        self.lines.close()
        await self._web.close()
