"""Mutants of a policy pack: one per way in which a pack can be wrong.

Takes a sound document (a pack and its country's law, as plain JSON) and makes one wrong change at a time: a step gone,
a body swapped, a condition wider or narrower, a demand gone, a mark of assumption rubbed out. The claims of the
clauses, which say what must come of it, are never changed with the table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflow.policy.request_domain import ENGAGEMENTS, acts_of

Document = dict[str, Any]
Change = Callable[[Document], None]


@dataclass(frozen=True)
class Mutant:
    """One wrong document."""

    #: The class of the mistake.
    mistake: str
    #: Where it was made, and how.
    where: str
    #: The sound document as text, and what is done to it: thousands of documents need not be kept.
    sound: str
    change: Change

    @property
    def document(self) -> Document:
        """The document, made anew."""
        wrong: Document = json.loads(self.sound)  # several times faster than a deep copy
        self.change(wrong)
        return wrong

    @property
    def name(self) -> str:
        """What the test is called."""
        return f"{self.mistake}: {self.where}"


def mutants(document: Document) -> Iterator[Mutant]:
    """Every mutant of a document, in a fixed order."""
    sound = json.dumps(document)
    for mistake, make in MISTAKES.items():
        for where, change in make(document):
            mutant = Mutant(mistake, where, sound, change)
            if mutant.document != document:
                yield mutant


#: Whatever holds for some requests and not for others.
TABLES = (
    ("pack", "prohibitions"),
    ("pack", "competence"),
    ("pack", "requirements"),
    ("pack", "evaluations"),
    ("law", "rows"),
    ("law", "founding"),
    ("law", "also"),
)
Found = Iterator[tuple[str, Change]]


def _listed(value: object) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _dropping(*path: str | int) -> Change:
    def change(document: Document) -> None:
        inner: Any = document
        for key in path[:-1]:
            inner = inner[key]
        del inner[path[-1]]

    return change


def _setting(value: object, *path: str | int) -> Change:
    def change(document: Document) -> None:
        inner: Any = document
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value

    return change


def _routes(document: Document) -> Iterator[tuple[str, str, int, dict[str, Any]]]:
    for part in ("pack", "law"):
        for name, steps in document[part]["routes"].items():
            for position, step in enumerate(steps):
                yield part, name, position, step


def _tables(document: Document) -> Iterator[tuple[str, str, int, dict[str, Any]]]:
    for part, table in TABLES:
        for position, row in enumerate(document[part].get(table, [])):
            yield part, table, position, row


def _name(table: str, position: int, row: dict[str, Any]) -> str:
    return f"{table}[{position}] {row.get('id', '')}".rstrip()


def drop_step(document: Document) -> Found:
    """A stop on the way is gone."""
    for part, name, position, step in _routes(document):
        yield f"{name}: {step['step']} by {step['by']}", _dropping(part, "routes", name, position)


def double_step(document: Document) -> Found:
    """The body that decides stands before the one that is heard."""
    for part, name, position, step in _routes(document):
        if step["step"] == "recommend" and document[part]["routes"][name][position + 1]["step"] == "recommend":

            def change(wrong: Document, part: str = part, name: str = name, position: int = position) -> None:
                steps = wrong[part]["routes"][name]
                steps[position], steps[position + 1] = steps[position + 1], steps[position]

            yield f"{name}: {step['by']} after the next", change


def act_elsewhere(document: Document) -> Found:
    """A role acts in another body, or another role acts."""
    instead = {
        "draft": ("manager@responsible", "officer@executive-board"),
        "review": ("manager@executive-board", "officer@responsible", "coordinator@executive-board"),
        "sign": ("chair@council", "officer@responsible"),
        "recommend": ("administration", "council"),
        "decide": ("executive-board", "council", "responsible"),
        "consult": ("executive-board", "council"),
    }
    for part, name, position, step in _routes(document):
        for who in instead.get(step["step"], ()):
            if who not in _listed(step["by"]):
                where = f"{name}: {step['step']} by {who}, not {step['by']}"
                yield where, _setting(who, part, "routes", name, position, "by")
    for position, rule in enumerate(document["pack"].get("evaluations", [])):
        for who in ("auditor@executive-board", "officer@executive-board", "manager@responsible", "chair@council"):
            if who != rule["reports"]:
                where = f"evaluation {rule['id']}: reports {who}, not {rule['reports']}"
                yield where, _setting(who, "pack", "evaluations", position, "reports")


def swap_body(document: Document) -> Found:
    """One row names another body, on the same route."""
    for part, table, position, row in _tables(document):
        for body in ("responsible", "executive-board", "council"):
            if "route" in row and row["decides"] != body:
                where = f"{_name(table, position, row)} to {body}"
                yield where, _setting(body, part, table, position, "decides")


def swap_body_and_route(document: Document) -> Found:
    """One row names another body, and the route on which that body decides, consistently."""
    for part, table, position, row in _tables(document):
        if "route" not in row:
            continue
        routes = document["law"]["routes"] | (document["pack"]["routes"] if part == "pack" else {})
        signed = any(step["step"] == "sign" for step in routes[row["route"]])
        for body in ("responsible", "executive-board", "council"):
            fitting = [
                name
                for name, steps in routes.items()
                if any(step["step"] == "decide" and step["by"] == body for step in steps)
                and any(step["step"] == "sign" for step in steps) == signed
            ]
            if body != row["decides"] and fitting:

                def change(
                    wrong: Document, part: str = part, table: str = table, position: int = position,
                    body: str = body, route: str = fitting[0],
                ) -> None:  # fmt: skip
                    wrong[part][table][position] |= {"decides": body, "route": route}

                yield f"{_name(table, position, row)} to {body} on {fitting[0]}", change


def swap_body_everywhere(document: Document) -> Found:
    """A route's deciding body, and that of every row that takes it."""
    for part, name, position, step in _routes(document):
        for body in ("responsible", "executive-board", "council"):
            if step["step"] != "decide" or step["by"] == body:
                continue

            def change(
                wrong: Document, part: str = part, name: str = name, position: int = position, body: str = body
            ) -> None:
                wrong[part]["routes"][name][position]["by"] = body
                for rows in (wrong["pack"]["competence"], wrong["law"]["rows"], wrong["law"]["founding"]):
                    for row in rows:
                        if row["route"] == name:
                            row["decides"] = body

            yield f"{name}: {body} for {step['by']}", change


def swap_body_for_another(document: Document) -> Found:
    """One body takes another's place in every row and on every route."""
    for one, other in (
        ("council", "executive-board"),
        ("executive-board", "council"),
        ("executive-board", "responsible"),
        ("responsible", "executive-board"),
        ("responsible", "council"),
    ):

        def change(wrong: Document, one: str = one, other: str = other) -> None:
            for part in ("pack", "law"):
                for steps in wrong[part]["routes"].values():
                    for step in steps:
                        if step["step"] in ("recommend", "decide") and step["by"] == one:
                            step["by"] = other
            for table in (wrong["pack"]["competence"], wrong["law"]["rows"], wrong["law"]["founding"]):
                for row in table:
                    if row["decides"] == one:
                        row["decides"] = other

        yield f"{other} for {one}", change


def narrow(document: Document) -> Found:
    """A condition lets go of one value."""
    for part, table, position, row in _tables(document):
        for attribute, value in row.get("when", {}).items():
            if isinstance(value, list):
                for index, one in enumerate(value):
                    where = f"{_name(table, position, row)} without {attribute} {one}"
                    yield where, _dropping(part, table, position, "when", attribute, index)
            elif isinstance(value, dict):
                where = f"{_name(table, position, row)} {attribute} to {value['to'] - 1}"
                yield where, _setting(value["to"] - 1, part, table, position, "when", attribute, "to")


def widen(document: Document) -> Found:
    """A condition no longer asks for one attribute, or takes in one value more."""
    for part, table, position, row in _tables(document):
        when = row.get("when", {})
        for attribute, value in when.items():
            where = f"{_name(table, position, row)} without {attribute}"
            yield where, _dropping(part, table, position, "when", attribute)
            more: list[Any] = []
            if attribute == "engagement":
                more = [kind for kind in ENGAGEMENTS if kind != "policy" and kind not in _listed(value)]
            elif attribute == "act" and when.get("engagement") != "policy":
                more = [act for act in acts_of("visit") if act not in _listed(value)]
            for one in more:
                where = f"{_name(table, position, row)} with {attribute} {one}"
                yield where, _setting([*_listed(value), one], part, table, position, "when", attribute)


def add_condition(document: Document) -> Found:
    """A demand or prohibition holds only where something else is so."""
    for part, table, position, row in _tables(document):
        if table in ("requirements", "prohibitions", "evaluations"):
            for attribute, value in (("scope", "own-area"), ("principal", False), ("responsible", "administration")):
                if attribute not in row.get("when", {}):
                    where = f"{_name(table, position, row)} only {attribute} {value}"
                    yield where, _setting(value, part, table, position, "when", attribute)


def drop_row(document: Document) -> Found:
    """A row of a table, a demand or a prohibition is gone."""
    for part, table, position, row in _tables(document):
        yield _name(table, position, row), _dropping(part, table, position)


def move_before(document: Document) -> Found:
    """A demand stands before another step."""
    for position, row in enumerate(document["pack"].get("requirements", [])):
        for step in ("review", "recommend", "decide", "sign"):
            where = f"{_name('requirements', position, row)} before {step}"
            yield where, _setting(step, "pack", "requirements", position, "before")


def drop_mark(document: Document) -> Found:
    """A mark of assumption is rubbed out."""
    for where, path, thing in _marked(document):
        if "assumed" in thing:
            yield where, _dropping(*path, "assumed")


def _marked(document: Document) -> Iterator[tuple[str, tuple[str | int, ...], dict[str, Any]]]:
    """Everything that a mark of assumption can stand at: what it is called, where it is, and the thing itself."""
    for part, table, position, row in _tables(document):
        yield _name(table, position, row), (part, table, position), row
    for part, name, position, step in _routes(document):
        yield f"{name}: {step['step']} by {step['by']}", (part, "routes", name, position), step
    for part in ("pack", "law"):
        for id_, clause in document[part]["clauses"].items():
            yield f"clause {id_}", (part, "clauses", id_), clause
    pack, rules = document["pack"], document["law"]["collegial"]
    yield "document", ("pack", "document"), pack["document"]
    for name, ladder in pack.get("ladders", {}).items():
        yield f"ladder {name}", ("pack", "ladders", name), ladder
    for position, body in enumerate(pack["bodies"]):
        yield f"body {body['key']}", ("pack", "bodies", position), body
    for name in ("tie", "abstention", "preparer"):
        yield from ((where, path, rule) for where, path, rule in _over_time(rules, name))
    for name in ("quorum", "minority"):
        for position, rule in enumerate(rules.get(name, [])):
            yield f"{name} of {', '.join(rule['bodies'])}", ("law", "collegial", name, position), rule


def drop_citation(document: Document) -> Found:
    """A rule cites one clause less."""
    for part, table, position, row in _tables(document):
        for index, clause in enumerate(row.get("clauses", [])):
            where = f"{_name(table, position, row)} without {clause}"
            yield where, _dropping(part, table, position, "clauses", index)
    for part, name, position, step in _routes(document):
        for index, clause in enumerate(step.get("clauses", [])):
            where = f"{name}: {step['step']} by {step['by']} without {clause}"
            yield where, _dropping(part, "routes", name, position, "clauses", index)
    rules = document["law"]["collegial"]
    for name in ("tie", "abstention", "preparer"):
        for what, path, rule in _over_time(rules, name):
            for index, clause in enumerate(rule["clauses"]):
                yield f"{what} without {clause}", _dropping(*path, "clauses", index)


def _over_time(rules: Mapping[str, Any], name: str) -> Iterator[tuple[str, tuple[str | int, ...], dict[str, Any]]]:
    """A rule for meetings, or those that follow each other in time: what each is called, where it is, and itself."""
    found, path = rules[name], ("law", "collegial", name)
    if isinstance(found, dict):
        yield name, path, found
    else:
        for position, rule in enumerate(found):
            days = rule.get("valid_from") or f"until {rule['valid_until']}"
            yield f"{name} {days}", (*path, position), rule


def cut_ladder(document: Document) -> Found:
    """A rung of a ladder is gone, or the whole ladder; of evaluations, and of all else that waits."""
    for name, ladder in document["pack"].get("ladders", {}).items():
        yield f"ladder {name}: all", _dropping("pack", "ladders", name)
        for index, rung in enumerate(ladder["rungs"]):
            where = f"ladder {name}: {rung['tell']}, rung {index}"
            yield where, _dropping("pack", "ladders", name, "rungs", index)
    for position, rule in enumerate(document["pack"].get("evaluations", [])):
        yield f"evaluation {rule['id']}: all", _setting([], "pack", "evaluations", position, "ladder")
        for index, rung in enumerate(rule.get("ladder", [])):
            where = f"evaluation {rule['id']}: {rung['tell']}"
            yield where, _dropping("pack", "evaluations", position, "ladder", index)


def evaluate_otherwise(document: Document) -> Found:
    """An evaluation is decided by others, less often or later, or weighs value otherwise."""
    for position, rule in enumerate(document["pack"].get("evaluations", [])):
        for body in ("council", "responsible", "as-entered"):
            yield f"evaluation {rule['id']} by {body}", _setting(body, "pack", "evaluations", position, "decides")
        for name, later in (("every", "48 months"), ("before_expiry", "1 months"), ("on", "2033-12-31")):
            if name in rule:
                where = f"evaluation {rule['id']} {name} {later}"
                yield where, _setting(later, "pack", "evaluations", position, name)
        weighs = not rule.get("weighs_value", False)
        where = f"evaluation {rule['id']} {'weighs' if weighs else 'does not weigh'} value"
        yield where, _setting(weighs, "pack", "evaluations", position, "weighs_value")


def change_meeting(document: Document) -> Found:
    """Another quorum, tie, abstention or right of a minority."""
    rules = document["law"]["collegial"]
    for position, quorum in enumerate(rules["quorum"]):
        for name in ("more_than_half", "conflicted_count"):
            where = f"{name} of {', '.join(quorum['bodies'])}"
            yield where, _setting(not quorum[name], "law", "collegial", "quorum", position, name)
    for where, path, rule in _over_time(rules, "tie"):
        yield where, _setting("lapses" if rule["rule"] == "casting-vote" else "casting-vote", *path, "rule")
    for name, key in (("abstention", "allowed"), ("preparer", "excluded")):
        for where, path, rule in _over_time(rules, name):
            yield where, _setting(not rule[key], *path, key)
    for position, right in enumerate(rules.get("minority", [])):
        yield "minority gone", _dropping("law", "collegial", "minority", position)
        for name, value in (("denominator", right["denominator"] + 1), ("once", not right["once"])):
            yield f"minority {name}", _setting(value, "law", "collegial", "minority", position, name)


def change_usual_body(document: Document) -> Found:
    """Another kind of body is responsible where nobody says."""
    for kind in ("committee", "administration", "executive-board", "company-board"):
        yield kind, _setting(kind, "pack", "default_responsible")


MISTAKES: dict[str, Callable[[Document], Found]] = {
    "step dropped": drop_step,
    "steps swapped": double_step,
    "role acts elsewhere": act_elsewhere,
    "body swapped in one row": swap_body,
    "body and route swapped in one row": swap_body_and_route,
    "body swapped everywhere": swap_body_everywhere,
    "body swapped for another": swap_body_for_another,
    "condition narrowed": narrow,
    "condition widened": widen,
    "condition added": add_condition,
    "row dropped": drop_row,
    "demand moved": move_before,
    "mark of assumption dropped": drop_mark,
    "citation dropped": drop_citation,
    "ladder cut": cut_ladder,
    "evaluation changed": evaluate_otherwise,
    "meeting changed": change_meeting,
    "usual body changed": change_usual_body,
}
