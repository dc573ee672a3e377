"""Command `policy diagram`: a route as Mermaid, SVG or BPMN.

Steps in lanes by body, for one kind of responsible body.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import click

from web.cli.exit_codes import DONE, plainly
from web.cli.packs import pack_of, unknown
from web.policies.download_labels import EnglishNames
from web.policies.request_query import body_name
from web.ui.route_diagram import Picture, Stage, picture, planned
from workflow.policy.interchange.bpmn import bpmn
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Row
from workflow.policy.request_domain import Span
from workflow.policy.state_machine import procedure_for

STEPS = {
    "draft": "Draft",
    "review": "Review",
    "consult": "Consultation",
    "recommend": "Recommendation",
    "decide": "Decision",
    "sign": "Signature",
}
CONSULTED = "Bodies consulted"
#: A label with more characters is set smaller, so that it stays in its box.
LONG_LABEL = 12
#: Appearance of the picture, which stands alone: it has no style sheet of ours.
LOOKS = (
    "text{font:14px system-ui,sans-serif;fill:#1b1b1b}.lane{fill:#f3f4f6}.lane.even{fill:#e7e9ed}"
    ".stop{fill:#fff;stroke:#33415c;stroke-width:1.5}.name{font-weight:600;font-size:13px}.note{font-size:12px;fill:#444}"
    ".long{font-size:11.5px}.arrow{fill:none;stroke:#33415c;stroke-width:1.5}.head{fill:#33415c}"
)


@click.command("diagram")
@click.argument("municipality")
@click.argument("route")
@click.option("--format", "form", type=click.Choice(["mermaid", "svg", "bpmn"]), default="mermaid", show_default=True)
@click.option("--responsible", metavar="KIND", help="Kind of the responsible body; else the usual one.")
@plainly
def diagram(municipality: str, route: str, form: str, responsible: str | None) -> int:
    """Draw a route of a municipality's policy."""
    policy = pack_of(municipality)
    if route not in policy.routes:
        raise unknown("route", route, sorted(policy.routes))
    kinds = policy.responsible_kinds()
    if responsible is not None and responsible not in kinds:
        raise unknown("kind of responsible body", responsible, kinds)
    kind = responsible or usual_kind(policy, route)
    if form == "bpmn":
        key = policy.bodies_of(kind)[0].key
        click.echo(bpmn(policy, route, key, EnglishNames(policy, key)), nl=False)
        return DONE
    stages = stages_of(policy, route, kind)
    click.echo("\n".join(mermaid(policy, stages) if form == "mermaid" else svg(policy, stages, route)))
    return DONE


def stages_of(policy: Policy, route: str, kind: str) -> tuple[Stage, ...]:
    """The stages of a route for the first responsible body of a kind."""
    return planned(policy, procedure_for(policy, route, kind), policy.bodies_of(kind)[0].key)


def usual_kind(policy: Policy, route: str) -> str:
    """The default kind of responsible body where it can travel a route, else the first kind that can."""
    rows = (*policy.competence, *policy.law.rows, *policy.law.founding)
    found = [kind for row in rows if row.route == route for kind in _kinds(policy, row)]
    return found[0] if found and policy.default_responsible not in found else policy.default_responsible


def _kinds(policy: Policy, row: Row) -> Iterator[str]:
    """Kinds of responsible body whose matters a row can send on its route."""
    asked = [row.when.values_of("responsible")]
    if row.decides == "responsible":  # the responsible body is then the one that the pack itself would name
        asked.append(row.when.values_of("otherwise"))
    for kind in policy.responsible_kinds():
        if all(wanted is None or isinstance(wanted, Span) or kind in wanted for wanted in asked):
            yield kind


def _lane_name(policy: Policy, lane: str) -> str:
    return body_name(policy, lane) if policy.has_body(lane) else CONSULTED


def mermaid(policy: Policy, stages: tuple[Stage, ...]) -> Iterator[str]:
    """A flow chart in Mermaid's language, one subgraph per body."""
    yield "flowchart LR"
    for number, lane in enumerate(dict.fromkeys(stage.lane for stage in stages), start=1):
        yield f'  subgraph lane{number}["{_quoted(_lane_name(policy, lane))}"]'
        for index, stage in enumerate(stages, start=1):
            if stage.lane == lane:
                yield f'    step{index}["{_quoted(STEPS[stage.step])}"]'
        yield "  end"
    yield f"  {' --> '.join(f'step{index}' for index in range(1, len(stages) + 1))}"


def _quoted(text: str) -> str:
    return text.replace("#", "#35;").replace('"', "#quot;")


def svg(policy: Policy, stages: tuple[Stage, ...], route: str) -> Iterator[str]:
    """A picture that stands alone."""
    drawing = picture(
        stages,
        lane_name=lambda lane: _lane_name(policy, lane),
        label=lambda stage: STEPS[stage.step],
        note=lambda stage: stage.role,
    )
    size = f'width="{drawing.width}" height="{drawing.height}" viewBox="0 0 {drawing.width} {drawing.height}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    yield f"<title>{escape(f'{policy.version}: {route}')}</title>"
    yield f"<desc>{escape(' '.join(_sentences(policy, stages)))}</desc>"
    yield f"<style>{LOOKS}</style>"
    yield from _lanes(drawing)
    for path, head in drawing.arrows:
        yield f'<path class="arrow" d="{path}"/><polygon class="head" points="{head}"/>'
    yield from _boxes(drawing)
    yield "</svg>"


def _sentences(policy: Policy, stages: tuple[Stage, ...]) -> Iterator[str]:
    for number, stage in enumerate(stages, start=1):
        yield f"{number}. {STEPS[stage.step]}: {_lane_name(policy, stage.lane)}."


def _lanes(drawing: Picture) -> Iterator[str]:
    for number, lane in enumerate(drawing.lanes):
        kind = "lane even" if number % 2 else "lane"
        yield f'<rect class="{kind}" x="0" y="{lane.y}" width="{drawing.width}" height="{drawing.lane_height}"/>'
        for line, text in enumerate(lane.lines):
            yield f'<text x="12" y="{lane.text_y + line * 18}">{escape(text)}</text>'


def _boxes(drawing: Picture) -> Iterator[str]:
    for box in drawing.boxes:
        size = f'width="{drawing.box_width}" height="{drawing.box_height}"'
        yield f'<rect class="stop" x="{box.x}" y="{box.y}" {size} rx="6"/>'
        kind = "name long" if len(box.label) > LONG_LABEL else "name"
        y = box.y + (24 if box.note else 34)
        yield f'<text class="{kind}" x="{box.x + 10}" y="{y}">{escape(box.label)}</text>'
        if box.note:
            yield f'<text class="note" x="{box.x + 10}" y="{box.y + 44}">{escape(box.note)}</text>'
