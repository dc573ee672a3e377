"""Loading of policy packs: YAML with its country's law becomes a policy.

YAML is read with its lines and checked against the schemas, then against itself and its country's law; the first fault
in the file is raised as one `PolicyInvalid`. A policy is always built from its document, the plain JSON of the pack and
the law with the SHA-256 of its canonical bytes, so that a policy read from a file and one read back from the database
are equal. `workflow.versions.install` writes it to the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import rfc8785
from marshmallow import ValidationError

from workflow.core.dates import FIRST_DAY
from workflow.core.errors import PolicyInvalid
from workflow.policy.canonical import Document, canonical, digest_of
from workflow.policy.loading.cross_references import law_stages, pack_stages
from workflow.policy.loading.cross_references_routes import Fault
from workflow.policy.loading.derived_schema import Strict
from workflow.policy.loading.schemas import Country, LawSchema, Pack, PackSchema
from workflow.policy.loading.yaml_positions import KeyPath, Source, key_path_text, read, read_bytes
from workflow.policy.model import Policy
from workflow.policy.pack_messages import PackMessage, pack_message

PACK = PackSchema()
LAW = LawSchema()
#: Parts of a pack that a municipality has whether or not it has a policy.
PARTS_UNDER_THE_LAW = ("municipality", "bodies", "default_responsible", "goals", "kinds", "ladders")


class Folders(NamedTuple):
    """Folders of packs and of laws."""

    policies: Path
    law: Path


def packaged() -> Folders:
    """The folders of the packs and laws that come with the program."""
    config = Path(str(resources.files("config")))
    return Folders(config / "policies", config / "law")


def load_folder(folder: Path, law_folder: Path | None = None, *, of: str | None = None) -> tuple[Policy, ...]:
    """All packs of a folder by file name; raises `PolicyInvalid`, also where there is none or a version stands twice.

    The laws are looked for in `law_folder`, else in the sibling folder `law`, else among those packaged. With
    `of`, a municipality's key, packs that name another are not loaded, unless all do.
    """
    if law_folder is None:
        sibling = folder.parent / "law"
        law_folder = sibling if sibling.is_dir() else packaged().law
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise PolicyInvalid(str(folder), None, "", pack_message("no-pack"))
    sources = [read(file) for file in files]
    own = [source for source in sources if of is None or _municipality_key(source) in (of, None)]
    found: dict[str, Policy] = {}
    for source in own or sources:
        policy = policy_from(_document(source, law_folder), source=source.file)
        if policy.version in found:
            raise PolicyInvalid(
                source.file, None, "document.version", pack_message("version-elsewhere", value=f"'{policy.version}'")
            )
        found[policy.version] = policy
    return tuple(found.values())


def _municipality_key(source: Source) -> str | None:
    """The key of the municipality that a file names; None where it names none."""
    try:
        key = source.data["municipality"]["key"]
    except (KeyError, TypeError):
        return None
    return key if isinstance(key, str) else None


def load_pack(path: Path, law_folder: Path) -> Policy:
    """The policy a pack's file holds under its country's law; raises `PolicyInvalid` with file, line and key."""
    return policy_from(document_of(path, law_folder), source=str(path))


def load_bytes(raw: bytes, file: str, law_folder: Path) -> Policy:
    """The policy that uploaded bytes hold, by the name of their file; raises as `load_pack`."""
    return policy_from(_document(read_bytes(raw, file), law_folder), source=file)


def document_of(path: Path, law_folder: Path) -> dict[str, Any]:
    """A pack and its country's law as plain JSON, checked; raises `PolicyInvalid` with file, line and key."""
    return _document(read(path), law_folder)


def _document(source: Source, law_folder: Path) -> dict[str, Any]:
    pack: Pack = _shaped(source, PACK)
    law_file = law_folder / f"{pack.municipality.country}.yaml"
    if not law_file.is_file():
        path: KeyPath = ("municipality", "country")
        raise _invalid(source, Fault(path, pack_message("no-law", country=pack.municipality.country)))
    law = read(law_file)
    country: Country = _shaped(law, LAW)
    if country.law.country != pack.municipality.country:
        raise _invalid(law, Fault(("country",), pack_message("other-country", country=pack.municipality.country)))
    for faults in law_stages(country, law.data):
        _raise_first(law, faults)
    for faults in pack_stages(pack, country, source.data):
        _raise_first(source, faults)
    return {"pack": source.data, "law": _law_under(pack.municipality.government, law.data)}


def _law_under(government: str | None, law: dict[str, Any]) -> dict[str, Any]:
    """What holds of a law under a form of government: rows, citations and clauses of another are left out."""
    if government is None:
        return law
    kept: dict[str, Any] = {
        name: [rule for rule in law[name] if rule.get("where") in (None, government)]
        for name in ("rows", "also")
        if name in law
    }
    clauses = {id_: one for id_, one in law["clauses"].items() if one.get("where") in (None, government)}
    return law | kept | {"clauses": clauses}


def _shaped(source: Source, schema: Strict) -> Any:
    try:
        return schema.load(source.data)
    except ValidationError as error:
        raise _first_fault(source, _faults_in(error.messages)) from None


def _faults_in(messages: object, path: KeyPath = ()) -> list[Fault]:
    """Marshmallow's messages, one by one; `_schema` means the map that surrounds it."""
    if isinstance(messages, dict):
        return [
            fault
            for key, inner in messages.items()
            for fault in _faults_in(inner, path if key == "_schema" else (*path, key))
        ]
    if isinstance(messages, list):
        return [fault for inner in messages for fault in _faults_in(inner, path)]
    return [Fault(path, messages if isinstance(messages, PackMessage) else str(messages))]


def _raise_first(source: Source, faults: Iterable[Fault]) -> None:
    found = list(faults)
    if found:
        raise _first_fault(source, found)


def _first_fault(source: Source, faults: list[Fault]) -> PolicyInvalid:
    return _invalid(source, min(faults, key=lambda fault: source.line(fault.path) or 0))


def _invalid(source: Source, fault: Fault) -> PolicyInvalid:
    return PolicyInvalid(source.file, source.line(fault.path), key_path_text(fault.path), fault.message)


def policy_from(document: Document, *, source: str) -> Policy:
    """The policy a document holds; raises `PolicyInvalid` where it has not the shape of one.

    References are not checked again: they were when the pack was loaded, and a version once in force stays readable.
    """
    try:
        text = canonical(document)
    except rfc8785.CanonicalizationError as error:
        raise PolicyInvalid(source, None, "", pack_message("no-json", error=error)) from None
    written = json.loads(text)  # so that the order of keys is the same wherever the document comes from
    pack: Pack = _shaped(Source(source, written.get("pack"), {}), PACK)
    country: Country = _shaped(Source(source, written.get("law"), {}), LAW)
    return policy_of(pack, country, text)


def policy_of(pack: Pack, country: Country, text: bytes) -> Policy:
    """The policy that a pack and its country's law make, with its canonical text."""
    return Policy(
        municipality=pack.municipality,
        document=pack.document,
        bodies=pack.bodies,
        default_responsible=pack.default_responsible,
        goals=pack.goals,
        kinds=pack.kinds,
        prohibitions=pack.prohibitions,
        competence=pack.competence,
        requirements=pack.requirements,
        routes={**country.routes, **pack.routes},
        evaluations=pack.evaluations,
        clauses={**pack.clauses, **country.clauses},
        law=country.law,
        digest=digest_of(text),
        canonical=text.decode(),
        ladders=pack.ladders,
        named_nordic_twins=pack.named_nordic_twins,
    )


def law_only(policy: Policy) -> Policy:
    """The country's law alone, `KEY-law`, in force until the day before a pack: nothing forbidden, nothing demanded.

    Under it stand matters older than any pack, and the adoption of a policy. Its table is the law's founding rows; the
    rows that stand above every policy stand above these too.
    """
    document = json.loads(policy.canonical)
    pack, law = document["pack"], document["law"]
    alone = {
        "version": f"{policy.municipality.key}-law",
        "title": law["names"],
        "status": "law",
        "valid_from": date.min.isoformat(),
        "valid_to": max(policy.document.valid_from - timedelta(days=1), FIRST_DAY).isoformat(),
    }
    own = {name: pack[name] for name in PARTS_UNDER_THE_LAW if name in pack}
    rows = {"document": alone, "competence": law["founding"], "routes": {}, "clauses": {}}
    return policy_from({"pack": {**own, **rows}, "law": law}, source=alone["version"])
