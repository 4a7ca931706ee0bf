"""The document store: an LRU cache of GraphQL documents by the SHA-256 of their text, shared by all transports.

A document is parsed, validated, priced and compiled once, and all requests and sockets share it. Refused documents are
not stored, so that a flood of bad ones does not evict the good ones; those of callers without a credential have a small
cache of their own for the same reason. Such callers may read the schema only, and everything else is refused as soon as
it is parsed, since validation takes ten times as long.

Automatic persisted queries (Apollo) are a look-up in this store: a client sends the hash alone, and the document with
its hash only after `PERSISTED_QUERY_NOT_FOUND`. A hash finds the document of any caller. This discloses nothing: the
result depends on the credential alone, and a caller who knows the hash of a text has the text. `trusted.py` says which
credentials may do so.
"""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256

from cachetools import LRUCache
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
)

from api.graphql.cost.assessment import Assessments
from api.graphql.limits import Limits, check, too_complex
from api.graphql.plan.compiler import PLANS, Plans
from api.graphql.validation.introspection import needs_credential
from api.graphql.validation.validator import Validator
from domain.principal import NO_CREDENTIAL
from domain.values.errors import Unauthenticated
from domain.values.record import Record, field

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
PERSISTED_QUERY_MISMATCH = "PERSISTED_QUERY_MISMATCH"

_BYTES_PER_TOKEN = 560  # nodes, locations and tokens of graphql-core 3.3, measured
_PLAN_BYTES_PER_TOKEN = 450  # of a compiled plan, measured
_MOST_COMMENTS = 1_000  # graphql-core does not count them as tokens, but keeps them in the tree
_TEXTS = frozenset('"#')  # with which texts and comments begin
_SHORT = 1_000  # characters, which take milliseconds; of 3,000 some take 0.2 s


class DocumentRefused(Exception):
    """The document cannot run; `errors` gives the reasons, each with its code."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


class Document(Record):
    key: bytes  # SHA-256 of the text
    ast: DocumentNode
    operations: dict[str, OperationDefinitionNode]  # by name; "" for an operation without a name
    weight: int  # bytes of memory, estimated
    assessments: Assessments = field(default_factory=Assessments)
    plans: dict[str, Plans] = field(default_factory=dict)  # by the name of the operation, like `operations`

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Return the operation with this name, or the only one. Raises `DocumentRefused`."""
        if name is None:
            if len(self.operations) != 1:
                raise _unresolved("The document has several operations: `operationName` must say which one.")
            return next(iter(self.operations.values()))
        if name not in self.operations:
            raise _unresolved(f"The document has no operation named “{name[:100]}”.")
        return self.operations[name]


class Documents:
    """The store, bounded by the number of documents and by the memory that they take."""

    def __init__(self, *, schema: GraphQLSchema, limits: Limits, hide_suggestions: bool) -> None:
        self._schema = schema
        self._limits = limits
        self._validator = Validator(schema, limits, hide_suggestions=hide_suggestions)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="documents")  # one: they share the interpreter's lock
        # Each document takes at least its share of the memory, so that this one bound is a bound of their number too.
        share = limits.documents_bytes // limits.documents
        self._cached = _cache(limits.documents_bytes, share)
        self._of_strangers = _cache(limits.anonymous_documents * share, share)

    def __len__(self) -> int:
        return len(self._cached)

    def forget_literals(self) -> None:
        """Drop the documents with a text or a comment, which may have what must not be remembered. Those of clients
        that use variables stay."""
        for cache in (self._cached, self._of_strangers):
            for key in [key for key, document in cache.items() if _has_text(document)]:
                cache.pop(key, None)

    def is_slow(self, text: str) -> bool:
        """Return whether `get` would block the event loop for long: for a long text that is not in the store."""
        return len(text) > _SHORT and self._find(key_of(text)) is None

    def persisted(self, key: bytes | None) -> Document:
        """Return the stored document with this hash. Raises `DocumentRefused`; clients then send its text."""
        if key is None:
            raise not_supported()
        document = self._find(key)
        if document is None:
            raise not_found()
        return document

    def has(self, key: bytes | None) -> bool:
        """Return whether the store has the document with this hash."""
        return key is not None and self._find(key) is not None

    def get(self, text: str, *, stranger: bool = False, operation_name: str | None = None) -> Document:
        """Return the document. Raises `DocumentRefused`.

        A stranger has no credential: the document is stored apart, and the named operation may only read the schema.
        """
        key = key_of(text)
        found = self._find(key, stranger=stranger)
        return found or self._keep(self._read(key, text, stranger, operation_name), stranger=stranger)

    async def read_beside(self, text: str, *, stranger: bool = False, operation_name: str | None = None) -> Document:
        """Like `get`, but parse and validate in a thread, which leaves the event loop its share of the processor."""
        key = key_of(text)
        found = self._find(key, stranger=stranger)
        if found is not None:
            return found
        loop = asyncio.get_running_loop()
        read = await loop.run_in_executor(self._thread, self._read_and_clean_up, key, text, stranger, operation_name)
        return self._keep(read, stranger=stranger)

    def _find(self, key: bytes, *, stranger: bool = True) -> Document | None:
        found = self._cached.get(key)
        if found is None:
            found = self._of_strangers.get(key)
            if found is not None and not stranger:
                self._keep(found, stranger=False)
        return found

    def _keep(self, document: Document, *, stranger: bool) -> Document:
        with suppress(ValueError):  # it takes more memory than all of them may
            (self._of_strangers if stranger else self._cached)[document.key] = document
        return document

    def _read_and_clean_up(self, key: bytes, text: str, stranger: bool, operation_name: str | None) -> Document:
        try:
            return self._read(key, text, stranger, operation_name)
        except DocumentRefused as refused:
            raise refused.with_traceback(None) from None  # its frames hold the document
        finally:
            # Tokens and validation are cycles of thousands of objects. They are all young now, so this is fast.
            gc.collect(1)

    def _read(self, key: bytes, text: str, stranger: bool, operation_name: str | None) -> Document:
        tokens = min(self._limits.tokens, self._limits.anonymous_tokens) if stranger else self._limits.tokens
        ast = _parsed(text, tokens)
        if isinstance(ast, GraphQLError):
            raise DocumentRefused([ast])
        operations = {
            d.name.value if d.name else "": d for d in ast.definitions if isinstance(d, OperationDefinitionNode)
        }
        conditional = any(directive in text for directive in ("@skip", "@include"))
        plans = PLANS if conditional else 1  # each combination of the conditions has a plan
        weight = len(text) + ast.token_count * (_BYTES_PER_TOKEN + plans * _PLAN_BYTES_PER_TOKEN)
        document = Document(key=key, ast=ast, operations=operations, weight=weight)
        self._check(document, stranger, operation_name)
        return document

    def _check(self, document: Document, stranger: bool, operation_name: str | None) -> None:
        """Raises `DocumentRefused`."""
        try:
            errors = check(document.ast, self._limits)
        except RecursionError:
            errors = [too_complex("The document is too complex: nested too deeply.")]
        if not errors and stranger and self._needs_credential(document, operation_name):
            errors = [GraphQLError(NO_CREDENTIAL, original_error=Unauthenticated(NO_CREDENTIAL))]
        errors = errors or self._validator.errors(document.ast, stranger=stranger)
        if errors:
            raise DocumentRefused(errors)

    def _needs_credential(self, document: Document, operation_name: str | None) -> bool:
        try:
            operation = document.operation(operation_name)
        except DocumentRefused:
            return False
        return needs_credential(self._schema, document.ast, operation)


def _has_text(document: Document) -> bool:
    loc = document.ast.loc
    return loc is None or not _TEXTS.isdisjoint(loc.source.body)


def key_of(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def check_hash(text: str, key: bytes | None) -> None:
    """Raises `DocumentRefused` for a text that does not have the hash under which the client wants to store it."""
    if key is not None and key != key_of(text):
        raise refused("`extensions.persistedQuery.sha256Hash` is not the hash of `query`.", PERSISTED_QUERY_MISMATCH)


def _cache(most: int, share: int) -> LRUCache[bytes, Document]:
    return LRUCache(most, getsizeof=lambda document: max(document.weight, share))


def _parsed(text: str, tokens: int) -> DocumentNode | GraphQLError:
    """Return the document, or the error. It is returned, since a raised one refers to the frames of the parser, and
    these to thousands of tokens, which would outlive the clean-up."""
    try:
        return parse(text, max_lexical_tokens=tokens, max_comments=_MOST_COMMENTS)
    except GraphQLSyntaxError as error:
        return _unparsed(error, tokens).with_traceback(None)


def _unparsed(error: GraphQLSyntaxError, tokens: int) -> GraphQLError:
    if error.message.endswith("Parsing aborted."):  # graphql-core's text when a document exceeds its bounds
        return too_complex(f"{error.message} At most {tokens} tokens.", limit=tokens)
    return with_code(error, PARSE_FAILED)


def with_code(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {**(error.extensions or {}), "code": code}
    return error


def not_supported() -> DocumentRefused:
    """Return the refusal after which clients send texts alone. Its message is that of Apollo's protocol."""
    return refused("PersistedQueryNotSupported", PERSISTED_QUERY_NOT_SUPPORTED)


def not_found() -> DocumentRefused:
    """Return the refusal after which clients send the text. Its message is that of Apollo's protocol."""
    return refused("PersistedQueryNotFound", PERSISTED_QUERY_NOT_FOUND)


def _unresolved(message: str) -> DocumentRefused:
    return refused(message, OPERATION_RESOLUTION_FAILURE)


def refused(message: str, code: str) -> DocumentRefused:
    return DocumentRefused([GraphQLError(message, extensions={"code": code})])
