"""Validation by the rules of the specification, with bounds of the time that it takes.

Two rules take long on purpose-made documents. One compares the fields that share a place in the response in pairs, and
nested pairs multiply: 6 KB can take two seconds. The other compares an unknown name with all names of its type, to
suggest one: milliseconds for each error.
"""

from __future__ import annotations

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OverlappingFieldsCanBeMergedRule,
    ValidationContext,
    specified_rules,
    validate,
)

from api.graphql.limits import Limits, too_complex

VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"

_MOST_ERRORS = 10  # more do not help anybody
_ABORTED = "Validation aborted."  # graphql-core's message when a bound of its own, or ours, is exceeded


class Validator:
    def __init__(self, schema: GraphQLSchema, limits: Limits, *, hide_suggestions: bool) -> None:
        self._schema = schema
        self._hide_suggestions = hide_suggestions
        self._rules = _rules(limits.comparisons)
        self._rules_of_strangers = _rules(limits.anonymous_comparisons)

    def errors(self, document: DocumentNode, *, stranger: bool = False) -> list[GraphQLError]:
        """Return the errors of a document, each with a code; an empty list if it may run.

        A stranger has no credential, and gets a smaller bound and no suggestions.
        """
        found = validate(
            self._schema,
            document,
            self._rules_of_strangers if stranger else self._rules,
            max_errors=_MOST_ERRORS,
            hide_suggestions=self._hide_suggestions or stranger,
        )
        if any(error.message == _ABORTED for error in found):
            return [too_complex("The document is too complex: too many fields share their places in the response.")]
        for error in found:
            error.extensions = {**(error.extensions or {}), "code": VALIDATION_FAILED}
        return found


def _rules(comparisons: int) -> list[type]:
    """Return the specified rules, of which one compares at most so many fields."""

    class Bounded(OverlappingFieldsCanBeMergedRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self.rule_context.remaining_complexity_budget = comparisons

    return [Bounded if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules]
