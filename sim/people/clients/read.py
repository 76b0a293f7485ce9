"""A user's own client file as a population: read, check, fill in, profile, store. Nothing leaves here."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.people.clients.impute import Imputed, impute
from sim.people.clients.mapping import ClientMapping, read_mapping
from sim.people.clients.overview import profile
from sim.people.clients.report import report_html
from sim.people.clients.rows import Clients, Refusal, read_clients
from sim.people.clients.rules import RULES
from sim.people.clients.store import folder_problems, people_bytes, read, write_file, write_folder
from sim.people.clients.values import FAULTS
from sim.people.population import Population
from sim.problems import InputError, Problem, Say, one_of, within
from sim.random_numbers import stream, uniform
from sim.table_file import open_table

__all__ = ["Imported", "import_clients", "read"]

LISTED = 50
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class Imported:
    """What an import did: where the population stands, counts, and what to warn about."""

    folder: Path
    population: Population
    read: int
    kept: int
    refused: int
    refusals: Sequence[Refusal]
    imputed: Sequence[Imputed]
    profile: dict[str, Any]
    link: Path | None
    warnings: Sequence[Say]


def import_clients(
    file: str | Path,
    mapping_file: str | Path,
    *,
    name: str | None = None,
    out: str | Path | None = None,
    max_refused: float = 0.05,
    keep_link: bool = False,
    replace: bool = False,
    donors: Population | None = None,
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Import a client file as a population folder.

    Args:
        file: CSV or Excel.
        mapping_file: TOML, see `client_mapping`.
        name: short name of the population; from the file name when left out.
        out: folder to write; ``populations/<name>`` when left out.
        max_refused: largest share of rows that may be refused, 0..1.
        keep_link: write the table from person to client id beside the folder.
        replace: overwrite an earlier import.
        donors: who lends and is compared with; the shipped population of the mapping when left out.
        progress: called with the number of rows read.

    Raises:
        InputError: everything that is wrong with the mapping and the file, at once; nothing was written.
    """
    place = Path(file)
    short = name if name is not None else _short_name(place)
    folder = Path(out) if out is not None else Path("populations") / short
    problems = folder_problems(folder, replace)
    if not _NAME.fullmatch(short):
        allowed = Say("a-z, 0-9, - and _, at most 40", "a-z, 0-9, - en _, hoogstens 40")
        problems.append(Problem("--name", short, allowed))
    if not 0 <= max_refused <= 1:
        problems.append(within("--max-refused", max_refused, 0, 1))
    mapping, client_file = None, None
    try:
        mapping, found = read_mapping(mapping_file)
        problems += found
        if keep_link and mapping.client_id is None:
            allowed = Say("a mapping with clients.id", "een koppeling met clients.id")
            problems.append(Problem("--keep-link", "no client id", allowed))
    except InputError as error:
        problems += error.problems
    try:
        settings = (
            {}
            if mapping is None
            else {"sheet": mapping.sheet, "delimiter": mapping.delimiter, "encoding": mapping.encoding}
        )
        client_file = open_table(place, **settings)
        if mapping is not None:
            problems += client_file.check(mapping.file_columns, mapping.path)
    except InputError as error:
        problems += error.problems
    if donors is None and mapping is not None:
        problems += _donor_problems(mapping)
    if problems or mapping is None or client_file is None:
        raise InputError(tuple(problems))
    clients = read_clients(client_file, mapping, keep_ids=keep_link, progress=progress)
    _accept(clients, client_file.name, max_refused)
    lenders = donors if donors is not None else _shipped(mapping)
    columns, masks, table = impute(clients.columns, clients.rows, mapping, lenders)
    population, order = _population(short, columns, clients, mapping, len(clients.rows))
    population.check()
    masks = {column: mask[order] for column, mask in masks.items()}
    rows = {"read": clients.read, "kept": len(population), "refused": clients.refused}
    shown = profile(population, rows, table, lenders, _reasons(clients))
    write_folder(
        folder,
        population,
        people_bytes(population, masks),
        {
            "mapping_sha256": mapping.digest,
            "seed": mapping.seed,
            **{f"rows_{key}": count for key, count in rows.items()},
            "donors_digest": lenders.digest() if lenders is not None else "",
            "imputed": [asdict(one) for one in table],
        },
        {
            "profile.json": json.dumps(shown, ensure_ascii=False, indent=1).encode(),
            "profile.en.html": report_html(shown, "en").encode(),
            "profile.nl.html": report_html(shown, "nl").encode(),
            "refused.csv": _refused_csv(clients.refusals),
        },
        replace=replace,
    )
    link = _write_link(folder, population, clients, order) if keep_link else None
    return Imported(
        folder=folder,
        population=population,
        read=clients.read,
        kept=len(population),
        refused=clients.refused,
        refusals=clients.refusals,
        imputed=table,
        profile=shown,
        link=link,
        warnings=_warnings(mapping, clients, link),
    )


def _short_name(place: Path) -> str:
    word = re.sub(r"[^a-z0-9]+", "-", place.stem.lower()).strip("-")[:40]
    return word or "clients"


def _donor_problems(mapping: ClientMapping) -> list[Problem]:
    from sim.people import catalogue

    known = [info.name for info in catalogue.names()]
    return [] if mapping.donors in known else [one_of(f"{mapping.path}:missing.donors", mapping.donors, known)]


def _shipped(mapping: ClientMapping) -> Population:
    from sim.people import catalogue

    return catalogue.load(mapping.donors, people=mapping.donor_people, seed=mapping.seed)


def _accept(clients: Clients, name: str, most: float) -> None:
    """Refuse the whole file when nothing, or too little, of it can be kept."""
    if not clients.read:
        raise InputError([Problem(name, "no rows", Say("at least one client", "minstens één cliënt"))])
    share = clients.refused / clients.read
    if len(clients.rows) and share <= most:
        return
    listed = [refusal.problem(name) for refusal in clients.refusals[:LISTED]]
    head = Problem(
        name,
        f"{clients.refused} of {clients.read} rows refused ({share:.1%})",
        Say(
            f"at most {most:.1%} (--max-refused), and at least one row kept",
            f"hoogstens {most:.1%} (--max-refused), en minstens één rij behouden",
        ),
    )
    left = [
        Problem(f"{name}:{column}", f"{reason}: {count} rows", Say("see the rows above", "zie de rijen hierboven"))
        for (column, reason), count in sorted(clients.reasons.items())
    ]
    raise InputError((head, *listed, *(left if len(clients.refusals) > LISTED else ())))


def _population(
    name: str, columns: dict[str, npt.NDArray[np.float64]], clients: Clients, mapping: ClientMapping, count: int
) -> tuple[Population, npt.NDArray[np.int64]]:
    """Return the population sorted by caseworker, and the order in which kept rows stand in it."""
    towns = tuple(dict.fromkeys(clients.municipality))
    town_of = {town: number for number, town in enumerate(towns)}
    town = np.asarray([town_of[one] for one in clients.municipality], dtype=np.int16)
    worker = _caseworkers(clients, town, mapping)
    order = np.argsort(worker, kind="stable")
    key = stream(mapping.seed, "client import caseworkers")
    from scipy.special import ndtri

    luck = uniform(key, "caseworker", 0, np.arange(int(worker.max()) + 1, dtype=np.int64))
    quality = np.clip(ndtri(luck), -4, 4)[worker]
    whole = columns | {"quality": quality, "entry_month": np.zeros(count)}
    population = Population(
        name=name,
        start=mapping.reference.replace(day=1),
        person=np.arange(count, dtype=np.int64)[order],
        municipality=town[order],
        municipalities=towns,
        caseworker=worker[order].astype(np.int32),
        arm=np.zeros(count, dtype=np.int16),
        arms=("all",),
        columns={name: values[order] for name, values in sorted(whole.items())},
        source=f"own client file, mapping {mapping.digest[:12]}",
    )
    return population, order


def _caseworkers(clients: Clients, town: npt.NDArray[np.int16], mapping: ClientMapping) -> npt.NDArray[np.int64]:
    """Number the caseworkers by first appearance; who has none joins a seeded caseload."""
    numbers: dict[tuple[int, str], int] = {}
    worker = np.empty(len(town), dtype=np.int64)
    nobody = np.asarray([not one for one in clients.caseworker], dtype=bool)
    for spot in np.flatnonzero(~nobody):
        worker[spot] = numbers.setdefault((int(town[spot]), clients.caseworker[spot]), len(numbers))
    first = len(numbers)
    luck = uniform(stream(mapping.seed, "client import caseload"), "caseworker", 1, clients.rows)
    for number in range(int(town.max()) + 1):
        free = np.flatnonzero(nobody & (town == number))
        if not len(free):
            continue
        offices = -(-len(free) // mapping.caseload)
        place = np.empty(len(free), dtype=np.int64)
        place[np.argsort(luck[free], kind="stable")] = np.arange(len(free))
        worker[free] = first + place * offices // len(free)
        first += offices
    return worker


def _reasons(clients: Clients) -> dict[str, tuple[Say, int]]:
    says = {rule.name: rule.says for rule in RULES} | dict(FAULTS)
    found: dict[str, tuple[Say, int]] = {}
    for (column, reason), count in clients.reasons.items():
        say = says.get(reason, Say(reason, reason))
        found[f"{column}: {reason}"] = (Say(f"{column}: {say.en}", f"{column}: {say.nl}"), count)
    return found


def _refused_csv(refusals: Sequence[Refusal]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["row", "column", "reason", "value", "allowed", "toegestaan"])
    for one in refusals:
        writer.writerow([one.row, one.column, one.reason, _harmless(one.value), one.allowed.en, one.allowed.nl])
    return text.getvalue().encode()


def _write_link(folder: Path, population: Population, clients: Clients, order: npt.NDArray[np.int64]) -> Path:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["person", "client_id"])
    for person, row in sorted(zip(population.person.tolist(), order.tolist(), strict=True)):
        writer.writerow([person, _harmless(clients.client_ids[row])])
    path = folder.with_name(f"{folder.name}.link.csv")
    write_file(path, text.getvalue().encode())
    return path


def _harmless(text: str) -> str:
    """Return a cell that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _warnings(mapping: ClientMapping, clients: Clients, link: Path | None) -> list[Say]:
    found: list[Say] = []
    if link is not None:
        found.append(
            Say(
                f"{link} ties people to client ids: keep it apart and delete it when you can",
                f"{link} koppelt personen aan cliëntnummers: bewaar apart en verwijder zodra het kan",
            )
        )
    if mapping.client_id is None:
        found.append(
            Say(
                "no clients.id in the mapping: clients who stand in the file twice were not looked for",
                "geen clients.id in de koppeling: naar dubbele cliënten is niet gezocht",
            )
        )
    for column, count in sorted(clients.capped.items()):
        if count:
            found.append(
                Say(
                    f"{column}: {count} values above the highest were set to the highest (cap)",
                    f"{column}: {count} waarden boven de hoogste zijn op de hoogste gezet (cap)",
                )
            )
    return found
