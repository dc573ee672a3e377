"""How does somebody ask who decides, with nothing but the policy?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from web.cli.exit_codes import DONE, as_json, plainly, print_json
from web.cli.packs import pack_of
from web.policies.answer_json import answer, named, parse_request
from workflow.core.errors import Malformed
from workflow.policy.model import Policy


@click.command("who-decides")
@click.argument("municipality")
@click.argument("engagement")
@click.argument("act")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="An attribute of the request.")
@as_json
@plainly
def who_decides(municipality: str, engagement: str, act: str, settings: tuple[str, ...], as_json: bool) -> int:
    """Who decides a request, on which way and by which clause. A refusal is an answer too."""
    policy = pack_of(municipality)
    try:
        request, responsible = parse_request(policy, engagement, act, _given(settings))
    except Malformed as error:
        raise click.UsageError(str(error)) from None
    told = answer(policy, request, responsible)
    if as_json:
        print_json(told)
    else:
        click.echo("\n".join(_lines(policy, told)))
    return DONE


def _given(settings: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise click.UsageError(f"--set “{setting}”: write NAME=VALUE")
        if name in found:
            raise click.UsageError(f"--set “{name}” is given twice")
        found[name] = value
    return found


def _lines(policy: Policy, told: dict[str, Any]) -> Iterator[str]:
    """The answer as somebody reads it."""
    tenant = policy.municipality
    yield f"{named(tenant.names, tenant.language)}: {told['act']} {told['engagement']}"
    if told["outcome"] == "refused":
        yield "Refused: nobody may decide this while the policy stands."
    else:
        yield f"Decides: {told['body_name']} ({told['body']})"
        yield "Way:"
        for number, stop in enumerate(told["route"], start=1):
            within = f", within {stop['within']}" if stop["within"] else ""
            yield f"  {number}. {stop['step']}: {stop['body_name']} [{stop['by']}]{within}"
    if told["requirements"]:
        yield "Needed:"
        for demand in told["requirements"]:
            one_of = f", one of {', '.join(demand['options'])}" if "options" in demand else ""
            yield f"  {demand['field']} ({demand['id']}), before {demand['before']}{one_of}{_cited(demand['clauses'])}"
    yield "Clauses:" if told["clauses"] else "Clauses: none"
    for clause in told["clauses"]:
        yield f"  {clause}: {named(policy.clauses[clause].says, 'en')}"
    for assumption in told["assumptions"]:
        yield f"Assumed: {assumption}"


def _cited(clauses: list[str]) -> str:
    return f" [{', '.join(clauses)}]" if clauses else ""
