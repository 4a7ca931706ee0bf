"""The settings of where vendors' APIs are, for stand-ins of them. `Settings` inherits them."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings

from api.setting_values import WebAddress


class VendorSettings(BaseSettings):
    zendesk_url: WebAddress = Field(
        default="https://{subdomain}.zendesk.com",
        description="An http or https address, with {subdomain} in place of the account's. Where Zendesk's API is.",
        examples=["http://127.0.0.1:9103"],
    )
    gorgias_url: WebAddress = Field(
        default="https://{domain}.gorgias.com",
        description="An http or https address, with {domain} in place of the account's. Where Gorgias' API is.",
        examples=["http://127.0.0.1:9100"],
    )
    twilio_url: WebAddress = Field(
        default="https://api.twilio.com",
        description="An http or https address. Where Twilio's API is.",
        examples=["http://127.0.0.1:9102"],
    )
    klaviyo_url: WebAddress = Field(
        default="https://a.klaviyo.com",
        description="An http or https address. Where Klaviyo's API is.",
        examples=["http://127.0.0.1:9104"],
    )
