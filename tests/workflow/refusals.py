"""Properties of every refusal: an error, reasons, a line in the access log, and no other change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.workflow.database_contents import contents, refusals
from tests.worlds import World
from workflow.core.errors import WorkflowError


@contextmanager
def refused(
    world: World, error: type[WorkflowError], *codes: str, clauses: tuple[str, ...] | None = None
) -> Iterator[pytest.ExceptionInfo[WorkflowError]]:
    """What is done inside is refused with exactly this error, these reasons and (where given) these clauses."""
    before, logged = contents(world.engine, world.tenant.id), len(refusals(world.engine, world.tenant.id))
    with pytest.raises(error) as caught:
        yield caught
    assert type(caught.value) is error
    assert [why.code for why in caught.value.reasons] == list(codes), str(caught.value)
    if clauses is not None:
        assert caught.value.clauses == clauses
    assert contents(world.engine, world.tenant.id) == before
    (line,) = refusals(world.engine, world.tenant.id)[logged:]
    assert line.detail == {
        "error": error.__name__,
        "reasons": list(codes),
        "clauses": list(caught.value.clauses),
    }
