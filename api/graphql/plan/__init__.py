"""The compiled executor: runs a validated operation by a plan that is made once for its document.

graphql-core works out at every object again which fields are selected, what type each has and how it is resolved. All
of this follows from the document and the schema, so it is worked out once and kept with the document
(`api/graphql/documents/store.py`):

    document ──▶ selection.py   the fields of each selection set: fragments merged, @skip and @include decided
             ──▶ compiler.py    a tree of plans, one for each field and type, from the GraphQLSchema of Strawberry
             ──▶ plain.py       one Python function for all fields of an object that are attributes: `{"id": o.id, …}`

    execution.py   one execution of the plan: variables, context, errors
    fields.py      a field of an object: calls its resolver, awaits it, completes its value, catches its error
    values.py      completes values by type: leaves, lists, objects, interfaces and unions
    resolvers.py   the functions that resolve fields
    slices.py      makes long completions in slices of some milliseconds, so that other requests run in between
    columns.py     lists that a resolver returns as columns (`resolvers/column_list.py`)

The algorithm is "Executing Requests" of the GraphQL specification. Each step returns its result, or a coroutine if
something below has to be awaited; siblings are awaited at once, root fields of a mutation one after the other. An
error is caught at the nearest field or list item that may be null.

Nearly all objects of a response are plain: every selected field is an attribute of the right type. `plain.py` writes
them without looking for resolvers, coroutines, nulls or errors. It raises `NotPlain` (or any other error) at the
first thing that it does not expect, and then this one object is completed again step by step, which gives the exact
error with its path. Attributes have no side effects, so reading them twice is safe.

The plan covers the whole language except operations with directives of their own and `@defer` or `@stream`; these run
in graphql-core (`api/graphql/runs.py` counts them). tests/api/graphql/plan compares both on random documents and
data.
"""
