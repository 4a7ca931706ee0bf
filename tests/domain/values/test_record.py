from __future__ import annotations

import copy
import pickle

import pytest

from api.sign_in.demo import GivenLink
from domain.connected_services.channels import MailServer, TwilioAccount
from domain.connected_services.models import ModelGiven, ModelSettings
from domain.identity.service import NewIdentitySecret
from domain.messaging.mail import MailTokens
from domain.model.connected_services import ServiceCredentials, UnsealedConnection
from domain.model.conversation import Author, AuthorKind, Visitor
from domain.model.credentials import BrowserTokens, VisitorTokens
from domain.model.identity import IdentityKeys
from domain.outbox.ports import ConfirmationMail
from domain.sign_in.model import (
    Callback,
    ConnectSignIn,
    OpenedSession,
    Renewal,
    SignInAttempt,
    SignInSettings,
    StartedSignIn,
)
from domain.values.record import SecretRecord, replace
from domain.webhooks.model import WebhookEndpoint
from integrations.files.s3 import S3Settings
from integrations.remote_files import Access

GUARDED = (
    *(VisitorTokens, MailServer, TwilioAccount, ServiceCredentials, UnsealedConnection, MailTokens, WebhookEndpoint),
    *(BrowserTokens, IdentityKeys, NewIdentitySecret, ConfirmationMail, Access, S3Settings, ModelSettings),
    *(ModelGiven, SignInSettings, ConnectSignIn, SignInAttempt, Callback, StartedSignIn, OpenedSession, Renewal),
    GivenLink,
)


def test_a_change_answers_a_new_one() -> None:
    ann = Visitor(name="Ann")
    assert replace(ann, email="ann@example.com") == Visitor(name="Ann", email="ann@example.com")
    assert ann == Visitor(name="Ann")
    assert len({ann, copy.deepcopy(ann), pickle.loads(pickle.dumps(ann))}) == 1
    with pytest.raises(AttributeError):
        ann.name = "Bea"  # type: ignore[misc]
    with pytest.raises(TypeError):
        replace(ann, shoe_size=38)  # type: ignore[call-arg]


def test_fields_are_given_by_name() -> None:
    with pytest.raises(TypeError):
        Author(AuthorKind.SYSTEM, "Baton")  # type: ignore[call-arg]


def test_secrets_are_not_printed() -> None:
    account = TwilioAccount(account_sid="AC1", auth_token="a secret", sms_from="+15005550006")
    for printed in (repr(account), str([account]), repr(list(account.__rich_repr__()))):
        assert "AC1" in printed
        assert "a secret" not in printed


@pytest.mark.parametrize("cls", GUARDED)
def test_hidden_elements_exist(cls: type[SecretRecord]) -> None:
    assert cls.hidden
    assert set(cls.hidden) <= set(cls.__struct_fields__)


def test_none_was_forgotten() -> None:
    ours = {cls for cls in SecretRecord.__subclasses__() if not cls.__module__.startswith("tests.")}
    assert ours == set(GUARDED)
