"""The mutation `connectChannel`."""

from typing import Annotated

import strawberry

from domain.connected_services.channels import MailServer, TwilioAccount, email_credentials, twilio_credentials
from domain.model.connected_services import ServiceCredentials
from domain.principal import Permission
from resolvers.connected_services.channels import ChannelAccount, ChannelConnectionPayload
from resolvers.connected_services.enums import ChannelService, KeywordReplies, RepliesMailedBy, Security
from resolvers.context import Info
from resolvers.errors import refusals_in


@strawberry.input(description="Credentials of a Twilio account, and its senders for SMS, WhatsApp or both.")
class ConnectTwilioInput:
    account_sid: str = strawberry.field(description="The account SID: `AC` and 32 hexadecimal digits.")
    auth_token: str = strawberry.field(
        description="The auth token of the account. It also verifies the signatures of incoming messages."
    )
    sms_from: str | None = strawberry.field(
        default=None,
        description="The sender of SMS conversations: a phone number in E.164 format such as `+15005550006`, or the "
        "SID of a messaging service (`MG…`).",
    )
    whatsapp_from: str | None = strawberry.field(
        default=None,
        description="The sender of WhatsApp conversations: a phone number in E.164 format, or the SID of a messaging "
        "service (`MG…`).",
    )
    keyword_replies: KeywordReplies = strawberry.field(
        default=KeywordReplies.BATON, description="The sender of replies to the keyword HELP."
    )
    template_sid: str | None = strawberry.field(
        default=None,
        description="The SID of an approved content template (`HX…`). Replies leave in it from 24 hours after the "
        "shopper's last WhatsApp message. Its variable `1` is the reply. If there is no template, such replies are "
        "refused with CONFLICT.",
    )
    help_text: str | None = strawberry.field(
        default=None, description="The reply to the keyword HELP, at most 480 characters. Default: Baton's own text."
    )


@strawberry.input(description="The account's own SMTP server, and the mail that is received from it.")
class ConnectEmailInput:
    host: str = strawberry.field(description="The host name of the SMTP server, for example `smtp.example.com`.")
    port: int = strawberry.field(default=587, description="The port of the SMTP server: 587 for STARTTLS, 465 for TLS.")
    security: Security | None = strawberry.field(
        default=None, description="The encryption of the connection. Default: TLS on port 465, STARTTLS on other ports."
    )
    user: str | None = strawberry.field(
        default=None, description="The user name for authentication. Omit it for a server that requires none."
    )
    password: str | None = strawberry.field(default=None, description="The password of the user.")
    from_address: str = strawberry.field(
        description="The address from which e-mails are sent, and to which shoppers write."
    )
    from_name: str | None = strawberry.field(
        default=None, description="The display name of the sender. Default: the name of the account."
    )
    plus_address: bool = strawberry.field(
        default=False,
        description="Whether the server delivers mail for `name+anything@…` to `name@…`. If so, replies go to an "
        "address that identifies the conversation, even if a mail program drops the thread's headers.",
    )
    hook_secret: str | None = strawberry.field(
        default=None,
        description="A random text of at least 16 characters that signs the mails posted to `webhookUrl`. No mail is "
        "received without it.",
    )
    authserv_id: str | None = strawberry.field(
        default=None,
        description="The authserv-id of your own mail server, whose Authentication-Results headers (RFC 8601) are "
        "trusted: a mail that passed DMARC there proves its sender's address, and continues the open conversation of "
        "that address. The server must check DMARC on every mail, and remove what a sender wrote into the mail under "
        "this name (RFC 8601, section 5): such a line cannot be told from the server's own. If `null`, a mail "
        "continues a conversation only as a reply to a mail that Baton sent.",
    )
    replies_mailed_by: RepliesMailedBy = strawberry.field(
        description="The sender of e-mails with the replies that staff write in Zendesk or Gorgias."
    )


@strawberry.input(description="The channel service to connect. Set exactly one field.", one_of=True)
class ConnectChannelInput:
    twilio: ConnectTwilioInput | None = strawberry.field(
        default=strawberry.UNSET, description="Twilio, for SMS and WhatsApp."
    )
    email: ConnectEmailInput | None = strawberry.field(
        default=strawberry.UNSET, description="The account's own mail server, for e-mail."
    )


@refusals_in(ChannelConnectionPayload)
async def connect_channel(
    info: Info,
    input: Annotated[ConnectChannelInput, strawberry.argument(description="The service and its credentials.")],
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
                template_sid=input.twilio.template_sid,
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
