"""The clients of the services that accounts connect: verifiers of credentials, senders, and readers of tickets."""

from __future__ import annotations

from collections.abc import Mapping

from api.secret_files import signing_secret
from api.settings import Settings
from domain.attachments.ports import FileReader
from domain.connected_services.ports import CredentialVerifier
from domain.connected_services.shops import VerifiedBySignature
from domain.helpdesk.ticket_sync import TicketReader
from domain.identity.key_sets import KeySets
from domain.messaging.mail import MailTokens
from domain.model.connected_services import Service
from domain.model.outbox import Destination
from domain.outbox.ports import OutboxSender
from domain.public_addresses import FILES, HELPDESKS, MODELS
from domain.sign_in.ports import SignInProvider
from domain.sign_in.service import CALLBACK_PATH
from domain.values.clock import Clock
from integrations.agents.model.endpoint import CONNECTIONS, open_http
from integrations.agents.model.verifier import ModelVerifier
from integrations.email.parser_pool import MailParserPool
from integrations.email.smtp import SmtpRules, SmtpSender, SmtpVerifier
from integrations.helpdesks.gorgias.client import GorgiasClient
from integrations.helpdesks.gorgias.reader import GorgiasReader
from integrations.helpdesks.gorgias.sender import GorgiasSender
from integrations.helpdesks.gorgias.verifier import GorgiasVerifier
from integrations.helpdesks.zendesk.client import ZendeskClient
from integrations.helpdesks.zendesk.reader import ZendeskReader
from integrations.helpdesks.zendesk.sender import ZendeskSender
from integrations.helpdesks.zendesk.verifier import ZendeskVerifier
from integrations.http import HttpClient
from integrations.jwks import HttpKeySetClient
from integrations.klaviyo.client import KlaviyoClient
from integrations.klaviyo.erasure import KlaviyoErasureSender
from integrations.klaviyo.events import KlaviyoEvents
from integrations.klaviyo.verifier import KlaviyoVerifier
from integrations.oidc.discovery import Discovery
from integrations.oidc.http_client import ProviderHttpClient
from integrations.oidc.id_tokens import IdTokens
from integrations.oidc.provider import OidcProvider, OidcVerifier
from integrations.remote_files import HttpRemoteFiles, gorgias_access, twilio_access, zendesk_access
from integrations.sms.twilio import TwilioClient, TwilioSender, TwilioVerifier
from integrations.ssrf import GuardedHosts, host_names_account
from integrations.verification import PromptVerifier
from integrations.webhooks.http_client import InternetWebhookClients

# With TLS, the client begins; without, or with STARTTLS, the server does. If they disagree, both wait.
_SILENT_MAIL_SERVER = "Check `port` and `security`: TLS is for port 465, STARTTLS for 587."


class Vendors:
    """No connection is made, and no process started, before the first call."""

    def __init__(self, settings: Settings, clock: Clock, files: FileReader) -> None:
        self._http, self._guarded = HttpClient(), HttpClient(transport=GuardedHosts(traffic=HELPDESKS))
        self.mail_parser = MailParserPool()
        self.webhook_clients = InternetWebhookClients(private_networks=settings.webhook_private_networks)
        self.key_sets = HttpKeySetClient(private_networks=settings.webhook_private_networks)
        models_private, private = settings.model_private_networks, settings.sign_in_private_networks
        models = GuardedHosts(traffic=MODELS, private_networks=models_private, connections=CONNECTIONS)
        self.model_http = open_http(models)
        self._oidc = ProviderHttpClient(private_networks=private)
        self._provider_keys = HttpKeySetClient(private_networks=private)
        self._discovery = Discovery(self._oidc)
        self.sign_in = self._sign_in(settings, clock)
        gorgias = GorgiasClient(http=self._client_for(settings.gorgias_url), url=settings.gorgias_url)
        zendesk = ZendeskClient(http=self._client_for(settings.zendesk_url), url=settings.zendesk_url)
        twilio = TwilioClient(http=self._http, url=settings.twilio_url)
        klaviyo = KlaviyoClient(web=self._http, url=settings.klaviyo_url)
        rules = SmtpRules(private=settings.smtp_private_networks)
        self.senders: Mapping[Destination, OutboxSender] = {
            Destination.GORGIAS: GorgiasSender(client=gorgias),
            Destination.ZENDESK: ZendeskSender(client=zendesk, files=files),
            Destination.TWILIO: TwilioSender(client=twilio, public_url=settings.public_address),
            Destination.KLAVIYO: KlaviyoErasureSender(api=klaviyo),
            Destination.EMAIL: SmtpSender(tokens=MailTokens(signing_secret(settings)), rules=rules, files=files),
        }
        self.ticket_readers: Mapping[Service, TicketReader] = {
            Service.GORGIAS: GorgiasReader(client=gorgias),
            Service.ZENDESK: ZendeskReader(client=zendesk),
        }
        self.remote_files = _remote_files(settings)
        self.klaviyo = KlaviyoEvents(api=klaviyo)
        self.verifiers: Mapping[Service, CredentialVerifier] = {
            Service.GORGIAS: PromptVerifier(GorgiasVerifier(client=gorgias)),
            Service.KLAVIYO: PromptVerifier(KlaviyoVerifier(api=klaviyo)),
            Service.ZENDESK: PromptVerifier(ZendeskVerifier(client=zendesk)),
            Service.TWILIO: PromptVerifier(TwilioVerifier(client=twilio)),
            Service.EMAIL: PromptVerifier(SmtpVerifier(rules=rules), advice=_SILENT_MAIL_SERVER),
            Service.SHOPIFY: VerifiedBySignature(),
            Service.OIDC: OidcVerifier(self._discovery, private_networks=private),
            Service.MODEL: ModelVerifier(self.model_http, private_networks=models_private),
        }

    def _sign_in(self, settings: Settings, clock: Clock) -> SignInProvider:
        return OidcProvider(
            http=self._oidc,
            discovery=self._discovery,
            id_tokens=IdTokens(key_sets=KeySets(client=self._provider_keys, clock=clock), clock=clock),
            redirect_uri=settings.public_address + CALLBACK_PATH,
        )

    async def close(self) -> None:
        self._oidc.close()
        self._provider_keys.close()
        self.webhook_clients.close()
        await self.mail_parser.close()
        await self.remote_files.close()
        self.key_sets.close()
        await self.model_http.aclose()
        await self._guarded.close()
        await self._http.close()

    def _client_for(self, template: str) -> HttpClient:
        """Return the guarded client for hosts that are chosen by accounts."""
        return self._guarded if host_names_account(template) else self._http


def _remote_files(settings: Settings) -> HttpRemoteFiles:
    return HttpRemoteFiles(
        access={
            Service.TWILIO: twilio_access(settings.twilio_url),
            Service.ZENDESK: zendesk_access(settings.zendesk_url),
            Service.GORGIAS: gorgias_access(settings.gorgias_url),
        },
        guarded=GuardedHosts(traffic=FILES),
    )
