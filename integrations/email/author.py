"""The author of a mail: the person to whom a reply goes.

`From` names the author, but for mail that a program or a group sends in the name of a person:

    form mailer   `From` is the program (a shop platform, a form service, the shop's own site), and `Reply-To` is the
                  address that somebody typed into the form. Seen by the address of `From`: the account's own or
                  another one in its domain, a machine's (no-reply@…), a program's (mailer@…, wordpress@…), or a form
                  service's domain.
    group         A group or list rewrites `From` to its own address ("'Anna' via Help") where DMARC would refuse the
                  original. The author is in `X-Original-From` (Google Groups), `Reply-To` (Mailman 2) or `X-MailFrom`
                  (Mailman 3).

In both cases the address is a claim, whatever DMARC says of `From`. A program's `Reply-To` in the program's own domain
is another machine of it, and names nobody.
"""

from __future__ import annotations

import re
from email.message import Message

from domain.values.contacts import ascii_host, email_key
from domain.values.record import Record
from integrations.email.mail_headers import decoded, mailboxes, text_of

_MAX_NAME = 200
_MAX_LIST = 1_000  # characters of a header that names a list
_WORD_END = r"(?:[+=._-].*)?"
_MACHINES = re.compile(
    r"(?:.*[._+-])?(?:mailer-?daemon|postmaster|no[._-]?repl(?:y|ies)|no[._-]?respon[sd]e?|do[._-]?not[._-]?reply|"
    r"auto[._-]?(?:reply|responder|respond|response|antwort|confirm)|"
    r"ne[._-]?pas[._-]?repondre|nicht[._-]?antworten|keine[._-]?antwort|"
    r"no[._-]?(?:responder|contestar)|nao[._-]?responda|non?[._-]?rispondere|niet[._-]?(?:beantwoorden|reageren)|"
    r"nie[._-]?odpowiadac|neodpovidat|ne[._-]?otvechat|svara[._-]?(?:inte|ej)|svar[._-]?ikke|ei[._-]?vastata|"
    rf"yanitlamayin(?:iz)?){_WORD_END}|bounces?{_WORD_END}|microsoftexchange[0-9a-f]{{16,}}",
    re.IGNORECASE,
)
# Local parts of programs that mail what somebody typed into a form.
_PROGRAMS = re.compile(
    r"(?:.*[._-])?(?:mailer|auto-?mailer|web-?mailer|forms?|web-?forms?|contact-?forms?|contact-?us|"
    r"submissions?|form-?submissions?|form-?responses?|notifications?|notify|notifier|wordpress|drupal|joomla|magento|"
    rf"woocommerce|www|www-data|root|daemon|php|cron|anonymous|apache|nginx|nobody|web|website|webserver|webmaster|system|robot|bot|automat\w*|"
    rf"formular\w*|kontaktformular|formulaire|formulario|modulo){_WORD_END}",
    re.IGNORECASE,
)
# Domains of shop platforms and form services, whose mail is nobody's own.
_SERVICES = frozenset({
    "123formbuilder.com", "bigcommerce.com", "cognitoforms.com", "ecwid.com", "elfsight.com", "emailmeform.com",
    "fabform.io", "formassembly.com", "formbold.com", "formbucket.com", "formcarry.com", "formkeep.com",
    "formsite.com", "formspree.com", "formspree.io", "formstack.com", "formsubmit.co", "framer.com", "getform.io",
    "godaddy.com", "gravityforms.com", "heyflow.com", "hsforms.com", "hubspot.com", "ionos.com", "jimdo.com",
    "jotform.com", "lightspeedhq.com", "netlify.com", "netlifymail.com", "ninjaforms.com", "paperform.co", "powr.io",
    "prestashop.com", "secureserver.net", "shopify.com", "shopifyemail.com", "shopware.com", "smartsheet.com",
    "squarespace.com", "squarespace.info", "staticforms.xyz", "strato.de", "surveymonkey.com", "tally.so",
    "typeform.com", "typeform.io", "usebasin.com", "web3forms.com", "webflow.com", "webflow.io", "weebly.com",
    "wix-forms.com", "wix.com", "wixemails.com", "wixforms.com", "wpforms.com", "wufoo.com", "zapier.com",
    "zohoforms.com", "fillout.com", "forminator.com", "mailgun.org", "sendgrid.net", "wixsite.com", "wordpress.com",
    "wpengine.com",
})  # fmt: skip
# Domains of mail providers: an address in the same one as the account's is anybody's.
_SHARED = frozenset({
    "163.com", "126.com", "aol.com", "fastmail.com", "free.fr", "gmail.com", "gmx.at", "gmx.ch", "gmx.de", "gmx.net",
    "googlemail.com", "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "libero.it", "live.com", "mac.com",
    "mail.ru", "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com", "outlook.de", "proton.me",
    "protonmail.com", "qq.com", "seznam.cz", "t-online.de", "web.de", "wp.pl", "yahoo.co.jp", "yahoo.co.uk",
    "yahoo.com", "yahoo.de", "yahoo.fr", "yandex.ru", "ymail.com", "zoho.com",
})  # fmt: skip
_LIST_ADDRESSES = ("list-post", "x-beenthere", "mailing-list")
_ORIGINALS = ("x-original-from", "x-original-sender")
_ADDRESS = re.compile(r"[^\s<>:;,]+@[^\s<>:;,?]+")
_VIA = re.compile(r"^\s*[\"']?(.+?)[\"']?\s+(?:via|über|par|por|tramite|przez|через|経由|通过)\s+\S", re.IGNORECASE)


class MailAuthor(Record):
    """The author of a mail."""

    address: str  # empty if the mail names none
    name: str | None
    is_person: bool  # False: a machine's address, or the account's own, and nothing says for whom it writes
    is_from: bool  # whether it is the address in `From`, about which DMARC speaks
    is_program: bool = False  # whether the address may be a program's, and nothing says for whom it writes


def author_of(mail: Message, own: frozenset[str]) -> MailAuthor:
    """Return the author. `own`: the account's own addresses, as `email_key` gives them."""
    name, address = next(iter(mailboxes(mail, "from")), ("", ""))
    is_own, is_machine, is_program = email_key(address) in own, _is_machine(address), _is_program(address)
    lists = list_addresses(mail)
    if email_key(address) in lists:
        others = own | lists
        claimed = _original(mail, others) or _reply_to(mail, address, others, same_domain=True)
        claimed = claimed or _original(mail, others, headers=("x-mailfrom",))
    elif is_own or is_machine or is_program:
        claimed = _original(mail, own) or _reply_to(mail, address, own, same_domain=is_own)
    elif _is_of_account(address, own):
        claimed = _reply_to(mail, address, own, same_domain=False)
    else:
        claimed = _original(mail, own) if _VIA.match(decoded(name)) else None
    if claimed is not None:
        return claimed
    return MailAuthor(
        address=address, name=_name(name), is_person=not (is_own or is_machine), is_program=is_program, is_from=True
    )


def list_addresses(mail: Message) -> frozenset[str]:
    """Return the addresses of the list that the mail came by, as `email_key` gives them."""
    found = (address for name in _LIST_ADDRESSES for address in _ADDRESS.findall(text_of(mail, name)[:_MAX_LIST]))
    return frozenset(email_key(address) for address in found)


def _is_of_account(address: str, own: frozenset[str]) -> bool:
    """Whether the address is in the domain of one of the account's own."""
    domain = ascii_host(address.rpartition("@")[2])
    return domain not in _SHARED and any(domain == each.rpartition("@")[2] for each in own)


def _original(mail: Message, own: frozenset[str], *, headers: tuple[str, ...] = _ORIGINALS) -> MailAuthor | None:
    """The author before a group rewrote `From`, or None. The header is the group's, or a forger's: a claim anyhow."""
    for header in headers:
        for name, address in mailboxes(mail, header)[:1]:
            if email_key(address) not in own and not _is_machine(address):
                return MailAuthor(
                    address=address, name=_name(name) or _name_before_via(mail), is_person=True, is_from=False
                )
    return None


def _reply_to(mail: Message, sender: str, own: frozenset[str], *, same_domain: bool) -> MailAuthor | None:
    """The person to whom replies are to go; None if that is nobody else, a machine, or the sender's organisation."""
    for name, address in mailboxes(mail, "reply-to"):
        if email_key(address) in own or _is_machine(address):
            continue
        if same_domain or _organisation(address) != _organisation(sender):
            return MailAuthor(
                address=address, name=_name(name) or _name_before_via(mail), is_person=True, is_from=False
            )
    return None


def _name_before_via(mail: Message) -> str | None:
    for name, _ in mailboxes(mail, "from"):
        if match := _VIA.match(decoded(name)):
            return _name(match[1])
    return None


def _name(shown: str) -> str | None:
    name = decoded(shown).strip(" \"'")
    return name[:_MAX_NAME] if name and "@" not in name else None


def _is_machine(address: str) -> bool:
    return _MACHINES.fullmatch(address.rpartition("@")[0]) is not None


def _is_program(address: str) -> bool:
    return _PROGRAMS.fullmatch(address.rpartition("@")[0]) is not None or _organisation(address) in _SERVICES


def _organisation(address: str) -> str:
    """The last two labels of the domain. Of `co.uk` and the like that is too little, which makes two organisations one:
    then the mail counts as a machine's, as it would without a `Reply-To`."""
    return ".".join(ascii_host(address.rpartition("@")[2]).split(".")[-2:])
