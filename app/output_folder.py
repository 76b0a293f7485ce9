"""The folder in which a command puts what it makes: written whole, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from sim.problems import Problem, Say

__all__ = ["NotWrittenError", "folder_problems", "write_folder"]


class NotWrittenError(Exception):
    """The files of an answer could not be written; what was stored in a database stays there."""

    def __init__(self, text: Say) -> None:
        self.text = text
        super().__init__(text.en)


def folder_problems(folder: Path | None, option: str = "--out") -> list[Problem]:
    """Return why files cannot be put in `folder`, which is made later, when nothing else is wrong."""
    if folder is None:
        return []
    word = str(folder)
    if "\x00" in word:
        return [Problem(option, word, Say("the name of a folder", "de naam van een map"))]
    standing = next(place for place in (folder, *folder.parents, Path(".")) if place.exists())
    if not standing.is_dir():
        allowed = Say(f"a folder; {standing} is a file", f"een map; {standing} is een bestand")
        return [Problem(option, word, allowed)]
    if not os.access(standing, os.W_OK):
        allowed = Say(
            f"a folder in which you may write; not {standing}", f"een map waarin u mag schrijven; niet {standing}"
        )
        return [Problem(option, word, allowed)]
    return []


def write_folder(
    out: Path, name: str, write: Callable[[Path], Sequence[Path]], *, run_id: str | None = None, renew: bool = False
) -> list[Path]:
    """Let `write` fill an empty folder that then becomes ``out/name``; return the files by their final place.

    Args:
        out: folder of all answers, made when missing.
        name: of this answer's folder.
        write: fills the folder that it is given and returns the files, the main one first.
        run_id: the stored run to which the files belong: a failure says that the run itself is safe.
        renew: the folder may be there already: files of the same name are replaced one by one.

    Raises:
        NotWrittenError: disk full, no rights, a folder that is there already; nothing of this answer is left behind.
    """
    folder, partial = out / name, out / f".{name}.partial"
    try:
        partial.mkdir(parents=True)
        written = list(write(partial))
        if renew and folder.is_dir():
            for path in sorted(partial.rglob("*")):
                place = folder / path.relative_to(partial)
                place.mkdir(exist_ok=True) if path.is_dir() else path.replace(place)
        else:
            partial.rename(folder)
    except OSError as error:
        safe = (
            Say("", "")
            if run_id is None
            else Say(f"run {run_id} is stored, but ", f"run {run_id} is opgeslagen, maar ")
        )
        raise NotWrittenError(
            Say(
                f"{safe.en}{'its' if run_id else 'the'} files were not written to {folder}: {error.strerror}",
                f"{safe.nl}er is niet geschreven in {folder}: {error.strerror}",
            )
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return [folder / path.relative_to(partial) for path in written]
