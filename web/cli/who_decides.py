"""Command `who-decides`: the answer of a policy pack, without a database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from web.api.route_presenter import WhoDecides
from web.api.who_decides_schemas import WhoDecidesSchema
from web.cli.exit_codes import DONE, as_json, plainly, print_json
from web.cli.packs import pack_of, today_in
from web.policies.request_query import name_in, read_request
from workflow.core.dates import read_day
from workflow.core.errors import Malformed
from workflow.policy.model import Policy


@click.command("who-decides")
@click.argument("municipality")
@click.argument("engagement")
@click.argument("act")
@click.option(
    "--set",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="An attribute of the request, or partner=NAME: with whom it is.",
)
@click.option("--on", metavar="YYYY-MM-DD", help="The day whose law answers; else today.")
@as_json
@plainly
def who_decides(
    municipality: str, engagement: str, act: str, settings: tuple[str, ...], on: str | None, as_json: bool
) -> int:
    """Who decides a request, on which way and by which clause. A refusal is an answer too."""
    policy = pack_of(municipality)
    try:
        request, responsible = read_request(policy, engagement, act, _given(settings))
        day = read_day(on, "--on") if on else today_in(policy)
    except Malformed as error:
        raise click.UsageError(str(error)) from None
    answer = WhoDecidesSchema(exclude=("rulings",)).dump(WhoDecides.of(policy, request, responsible, day))
    if as_json:
        print_json(answer)
    else:
        click.echo("\n".join(_lines(policy, answer)))
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


def _lines(policy: Policy, answer: dict[str, Any]) -> Iterator[str]:
    """The answer as somebody reads it."""
    tenant = policy.municipality
    yield f"{name_in(tenant.names, tenant.language)}: {answer['act']} {answer['engagement']}"
    if answer["outcome"] == "refused":
        yield "Refused: nobody may decide this while the policy stands."
    else:
        yield f"Decides: {answer['body_name']} ({answer['body']})"
        yield "Way:"
        for number, stop in enumerate(answer["route"], start=1):
            within = f", within {stop['within']}" if stop["within"] else ""
            yield f"  {number}. {stop['step']}: {stop['body_name']} [{stop['by']}]{within}"
    if answer["requirements"]:
        yield "Needed:"
        for demand in answer["requirements"]:
            one_of = f", at least one of {', '.join(demand['options'])}" if "options" in demand else ""
            yield f"  {demand['field']} ({demand['id']}), before {demand['before']}{one_of}{_cited(demand['clauses'])}"
    yield "Clauses:" if answer["clauses"] else "Clauses: none"
    for clause in answer["clauses"]:
        yield f"  {clause}: {name_in(policy.clauses[clause].says, 'en')}"
    for assumption in answer["assumptions"]:
        yield f"Assumed: {assumption}"


def _cited(clauses: list[str]) -> str:
    return f" [{', '.join(clauses)}]" if clauses else ""
