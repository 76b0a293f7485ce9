"""Write the council page: HTML that prints on one A4 from any browser, and PDF where WeasyPrint is installed.

Where the page would be longer than one, it drops in this order: groups that were asked for, the parts of the
costs, the fourth thing not known; then the letters become a little smaller; then it is refused with the field to
shorten. Only a renderer can count pages: without WeasyPrint the HTML is written at its first size.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analysis.answer.council import Council
from analysis.answer.figure_base import to_svg
from analysis.answer.figure_three import draw_three
from analysis.answer.page import WORDS, Page, page_of
from sim.files import write_whole
from sim.problems import InputError, Problem, Say

__all__ = ["FORMATS", "can_make_pdf", "fitted", "html_of", "pdf_problems", "write_page"]

FORMATS: tuple[str, ...] = ("html", "pdf")
_ROOT, _SMALLER = 10.0, 9.5  # points
_SHORTER = Say(
    "a page that fits on one A4: shorten the title of the scenario, or give fewer rules or groups",
    "een pagina die op één A4 past: maak de titel van het scenario korter, of geef minder regels of groepen",
)

Pages = Callable[[str], int]


def write_page(
    council: Council,
    folder: Path,
    lang: str,
    formats: tuple[str, ...] = ("html",),
    *,
    clients: int | None = None,
    measured_to: int = 25,
) -> list[Path]:
    """Write the page in `folder`; return the paths.

    Raises:
        InputError: ``pdf`` without WeasyPrint, or a page that cannot be made to fit.
    """
    InputError.raise_if(pdf_problems() if "pdf" in formats else [])
    count = _pages if can_make_pdf() else None
    text = fitted(council, lang, clients=clients, measured_to=measured_to, count=count)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in formats:
        path = folder / f"council-{council.run_id}.{lang}.{name}"
        write_whole(path, text.encode() if name == "html" else _pdf(text))
        paths.append(path)
    return paths


def pdf_problems() -> list[Problem]:
    """Return why there can be no PDF, with the other road; nothing when there can be one."""
    if can_make_pdf():
        return []
    told = Say(
        "html: open it in a browser and print it, or install bijstand[pdf]",
        "html: open die in een browser en druk af, of installeer bijstand[pdf]",
    )
    return [Problem("--format", "pdf", told)]


def can_make_pdf() -> bool:
    """Whether WeasyPrint and what it stands on are installed."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):  # OSError: Pango is missing
        return False
    return True


def fitted(
    council: Council, lang: str, *, clients: int | None = None, measured_to: int = 25, count: Pages | None = None
) -> str:
    """Return the HTML of the page, with less on it until `count` says that it is one page.

    Raises:
        InputError: it is longer than one page after every step.
    """
    for less, unknowns, root in _steps(council):
        text = html_of(page_of(less, lang, clients=clients, measured_to=measured_to, unknowns=unknowns), council, root)
        if count is None or count(text) == 1:
            return text
    raise InputError([Problem("page", f"{count(text) if count else 2} pages", _SHORTER)])


def _steps(council: Council) -> Iterator[tuple[Council, int, float]]:
    """Give what is left on the page, step by step: council, things not known, size of the letters."""
    asked = sum(not group.own for group in council.groups)
    for groups in range(asked, -1, -1):
        yield council.without(groups=groups), 4, _ROOT
    bare = council.without(groups=0, parts=True)
    yield bare, 4, _ROOT
    yield bare, 3, _ROOT
    yield bare, 3, _SMALLER


def html_of(page: Page, council: Council, root: float = _ROOT) -> str:
    """Return the page as HTML that stands alone, with its figure where there is something to draw."""
    answer = council.answer
    if answer.concluded.span is not None and answer.verdict not in ("hidden", "unknown"):
        drawing = draw_three(answer, page.lang)
        page = replace(page, figure=_figure(to_svg(drawing.figure), drawing.alt), caption=drawing.caption)
    environment = _environment()
    css = environment.get_template("council.css").render(root=f"{root:g}")
    words = {name: text.to(page.lang) for name, text in WORDS.items()}
    return environment.get_template("council.html.j2").render(page=page, css=Markup(css), w=words)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("analysis", "templates"),
        autoescape=lambda name: bool(name and name.endswith(".html.j2")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _figure(vector: str, alt: str) -> Markup:
    text = vector[vector.index("<svg") :]
    head, _, body = text.partition(">")
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    return Markup(head.replace("<svg", '<svg role="img" aria-label="{}"', 1).format(Markup.escape(alt)) + ">" + body)


def _pages(text: str) -> int:
    from weasyprint import HTML

    return len(HTML(string=text).render().pages)


def _pdf(text: str) -> bytes:
    from weasyprint import HTML

    made: bytes = HTML(string=text).write_pdf(pdf_variant="pdf/ua-1")
    return made
