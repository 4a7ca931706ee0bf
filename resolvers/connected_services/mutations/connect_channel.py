"""connectChannel"""

from typing import Annotated

import strawberry

from domain.connected_services.channels import MailServer, TwilioAccount, email_credentials, twilio_credentials
from domain.model.connected_services import ServiceCredentials
from domain.principal import Permission
from resolvers.connected_services.channels import ChannelAccount, ChannelConnectionPayload
from resolvers.connected_services.enums import ChannelService, KeywordReplies, RepliesMailedBy, Security
from resolvers.context import Info
from resolvers.errors import refusals_in


@strawberry.input(description="Credentials for Twilio, and what to send from: for SMS, WhatsApp, or both.")
class ConnectTwilioInput:
    account_sid: str = strawberry.field(description="AC and 32 hexadecimal digits.")
    auth_token: str = strawberry.field(description="The account's auth token: it also signs what Twilio posts.")
    sms_from: str | None = strawberry.field(
        default=None, description="A number in E.164, or a messaging service (MG…); SMS conversations leave from it."
    )
    whatsapp_from: str | None = strawberry.field(
        default=None, description="A WhatsApp sender's number in E.164, or a messaging service (MG…)."
    )
    keyword_replies: KeywordReplies = strawberry.field(default=KeywordReplies.BATON, description="Who answers HELP.")
    help_text: str | None = strawberry.field(
        default=None, description="What HELP is answered with, at most 480 characters; without it, Baton's own words."
    )


@strawberry.input(description="The account's own mail server, and what comes in from it.")
class ConnectEmailInput:
    host: str = strawberry.field(description="The SMTP server's name, like `smtp.example.com`.")
    port: int = strawberry.field(default=587, description="587, or 465 for encryption from the first byte.")
    security: Security | None = strawberry.field(
        default=None, description="How it is encrypted; left out: TLS on port 465, else STARTTLS."
    )
    user: str | None = strawberry.field(default=None, description="To sign in with; left out: nobody signs in.")
    password: str | None = strawberry.field(default=None, description="The user's password.")
    from_address: str = strawberry.field(description="Where mails come from, and shoppers write to.")
    from_name: str | None = strawberry.field(default=None, description="The name beside it; left out: the account's.")
    plus_address: bool = strawberry.field(
        default=False,
        description="Whether the server delivers `name+anything@…`: then answers go to such an address, and find their "
        "conversation also from programs that lose the thread.",
    )
    hook_secret: str | None = strawberry.field(
        default=None,
        description="A random text of at least 16 characters that signs the mails posted to `webhookUrl`; without it "
        "none is taken in.",
    )
    authserv_id: str | None = strawberry.field(
        default=None,
        description="The server whose Authentication-Results (RFC 8601) are to be believed. With it, a mail that did "
        "not pass DMARC there continues no conversation by its sender's address alone.",
    )
    replies_mailed_by: RepliesMailedBy = strawberry.field(
        description="Who mails what humans reply in Zendesk or Gorgias."
    )


@strawberry.input(description="What to connect: one of them.", one_of=True)
class ConnectChannelInput:
    twilio: ConnectTwilioInput | None = strawberry.field(default=strawberry.UNSET, description="SMS and WhatsApp.")
    email: ConnectEmailInput | None = strawberry.field(default=strawberry.UNSET, description="E-mail.")


@refusals_in(ChannelConnectionPayload)
async def connect_channel(
    info: Info, input: Annotated[ConnectChannelInput, strawberry.argument(description="What, and its credentials.")]
) -> ChannelConnectionPayload:
    context = info.context
    context.principal.require(Permission.CHANGE_SETTINGS)
    connection = await context.services.connections.connect(context.principal, _credentials(input))
    service = ChannelService(connection.service.value)
    return ChannelConnectionPayload(connection=ChannelAccount.of(context, service, connection))


def _credentials(input: ConnectChannelInput) -> ServiceCredentials:
    if input.twilio:
        return twilio_credentials(
            TwilioAccount(
                account_sid=input.twilio.account_sid,
                auth_token=input.twilio.auth_token,
                sms_from=input.twilio.sms_from,
                whatsapp_from=input.twilio.whatsapp_from,
                keyword_replies=input.twilio.keyword_replies,
                help_text=input.twilio.help_text,
            )
        )
    given = input.email
    assert given, "the schema lets exactly one through"
    return email_credentials(
        MailServer(
            host=given.host,
            port=given.port,
            security=given.security,
            user=given.user,
            password=given.password,
            from_address=given.from_address,
            from_name=given.from_name,
            plus_address=given.plus_address,
            hook_secret=given.hook_secret,
            authserv_id=given.authserv_id,
            replies_mailed_by=given.replies_mailed_by,
        )
    )
