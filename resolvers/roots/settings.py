"""The commands of those who run the account: settings and connections."""

import strawberry

from resolvers.account.mutations.update_account import AccountPayload, update_account
from resolvers.connected_services.channels import ChannelConnectionPayload
from resolvers.connected_services.mutations.connect_channel import connect_channel
from resolvers.connected_services.mutations.connect_helpdesk import connect_helpdesk
from resolvers.connected_services.mutations.disconnect_channel import disconnect_channel
from resolvers.connected_services.mutations.disconnect_helpdesk import disconnect_helpdesk
from resolvers.connected_services.types import HelpdeskConnectionPayload
from resolvers.handoff.mutations.update_handoff_settings import update_handoff_settings
from resolvers.handoff.payloads import HandoffSettingsPayload


@strawberry.type
class SettingsMutation:
    update_handoff_settings: HandoffSettingsPayload = strawberry.mutation(
        resolver=update_handoff_settings, description="Change them. For OWNER, ADMIN and MANAGER."
    )
    connect_helpdesk: HelpdeskConnectionPayload = strawberry.mutation(
        resolver=connect_helpdesk,
        description="Connect Zendesk or Gorgias: the credentials are tried there first, kept encrypted, and never "
        "answered again. Who is connected already is connected anew. UNAVAILABLE where the helpdesk does not answer. "
        "For OWNER, ADMIN and MANAGER.",
    )
    disconnect_helpdesk: HelpdeskConnectionPayload = strawberry.mutation(
        resolver=disconnect_helpdesk,
        description="Forget a helpdesk's credentials, and its webhook's address. For OWNER, ADMIN and MANAGER.",
    )
    connect_channel: ChannelConnectionPayload = strawberry.mutation(
        resolver=connect_channel,
        description="Connect Twilio or a mail server: tried first, kept encrypted, never answered again. From then on "
        "Baton itself carries conversations that begin on their channels. UNAVAILABLE where they do not answer. For "
        "OWNER, ADMIN and MANAGER.",
    )
    disconnect_channel: ChannelConnectionPayload = strawberry.mutation(
        resolver=disconnect_channel,
        description="Forget a channel's credentials, and its webhook's address. For OWNER, ADMIN and MANAGER.",
    )
    update_account: AccountPayload = strawberry.mutation(
        resolver=update_account, description="Change settings. For OWNER, ADMIN and MANAGER."
    )
