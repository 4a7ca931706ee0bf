"""The rules of Baton: records, commands, and what follows from what.

There is no network and no database here: the outside is reached through ports (`Protocol` classes in `ports.py`,
`storage.py`, `events.py` and `signals.py`), which `integrations` implements. Two exceptions: `public_addresses.py`
resolves host names, and `conversation/typing.py` keeps its rate limits in memory.

Libraries: msgspec (records), pydantic (web addresses), email-validator, phonenumbers, babel (dates and amounts in the
shopper's language), regex (words of a search).

The packages are layers, which import-linter holds (`pyproject.toml`); each imports only what is below it:

    reactions            the one table: which features act on an event of a conversation
    inbox, helpdesk      what staff and helpdesks do with tickets
    handoff, messaging, imports, metrics
    agent, commerce, outbox, klaviyo, webhooks
    conversation         the aggregate (`aggregate.py`) and the commands of shoppers
    forwarding           business events on their way to receivers
    identity             proofs of who a shopper is
    account, connected_services, profile
    idempotency, timers, webhook_dedup, signals, activity
    storage              the port of the database: `UnitOfWork`, `Reader`
    events               the event log: what is stored and streamed; search, export
    model                the records that events and storage carry, of every feature
    principal, delivery, doctor, i18n, public_addresses
    values               ids, money, text, calendar, errors

Services take ports in their constructor and import no service of a higher layer. A feature that has to act when a
conversation changes stands in the table of `reactions.py`.
"""
