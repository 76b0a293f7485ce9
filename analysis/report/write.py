"""The report of a run: HTML that stands alone, Markdown and Excel, in Dutch or English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analysis.answer.figure_base import to_svg
from analysis.answer.records import memo_rows
from analysis.answer.triple import Answer
from analysis.effects.summary import Row, Summary
from analysis.figures.style import Drawing, png, svg, write
from analysis.report.answers import answer_drawings
from analysis.report.content import Beside, report_content, titles_of
from analysis.report.differences import draw_differences
from analysis.report.excel import write_excel
from analysis.report.forest import draw_forest
from analysis.report.hours import draw_hours
from analysis.report.paths import draw_paths
from analysis.report.survival import draw_survival
from scenarios.execution.result import RunResult
from sim.files import below, write_whole
from sim.problems import InputError, one_of

__all__ = ["FORMATS", "drawings", "write_report"]

FORMATS: tuple[str, ...] = ("html", "md", "xlsx")


def write_report(
    result: RunResult,
    summary: Summary,
    folder: Path,
    lang: str,
    formats: Sequence[str] = FORMATS,
    contrasts: Sequence[Row] = (),
    answers: Sequence[Answer] = (),
    beside: Beside | None = None,
) -> list[Path]:
    """Write ``report-<run>.<lang>.*`` in `folder`, and the figures beside it; return the paths.

    `contrasts` are those of `analysis.projection.policies`, when the run is a projection.

    Raises:
        InputError: unknown format or language, or a folder that cannot be written.
    """
    InputError.raise_if(
        [one_of("--format", name, FORMATS) for name in formats if name not in FORMATS]
        + [one_of("--lang", lang, ("en", "nl"))] * (lang not in ("en", "nl"))
    )
    stem = f"report-{summary.run_id}.{lang}"
    below(folder, stem)  # an id that came with a package may lead elsewhere
    folder.mkdir(parents=True, exist_ok=True)
    content = report_content(result, summary, lang, contrasts, answers, beside)
    drawn = drawings(result, summary, lang) if {"html", "md"} & set(formats) else []
    threes = answer_drawings(answers, lang, titles_of(result, lang))
    paths: list[Path] = []
    vectors = [svg(one.figure) for one in drawn]
    if "html" in formats:
        pictures = [(one, _inline(one.name, vector)) for one, vector in zip(drawn, vectors, strict=True)]
        paths.append(
            _render(
                "report.html.j2",
                content
                | {"drawings": pictures, "threes": [(one, _inline(one.name, to_svg(one.figure))) for one in threes]},
                folder / f"{stem}.html",
            )
        )
    if "md" in formats:
        place = f"figures-{summary.run_id}.{lang}"
        paths.append(_render("report.md.j2", content | {"drawings": drawn, "place": place}, folder / f"{stem}.md"))
        for one, vector in zip(drawn, vectors, strict=True):
            paths += write(vector, png(one.figure), folder / place, one.name)
    if "xlsx" in formats:
        paths.append(
            write_excel(
                summary,
                content,
                folder / f"{stem}.xlsx",
                lang,
                contrasts,
                memo=memo_rows(answers, lang, titles_of(result, lang)),
                pictures=threes,
            )
        )
    return paths


def drawings(result: RunResult, summary: Summary, lang: str) -> list[Drawing]:
    """Return the figures of a run, without those for which it recorded nothing."""
    titles = titles_of(result, lang)
    drawn = [
        draw_forest(summary, lang, titles),
        draw_differences(summary, lang, titles) if len(summary.scenarios) > 1 else None,
        draw_paths(summary, lang, titles),
        draw_hours(summary, lang, titles),
        draw_survival(summary, lang, titles),
    ]
    return [one for one in drawn if one is not None]


def _inline(name: str, vector: str) -> Markup:
    """Return the SVG without prolog, its ids made unique in the page."""
    text = vector[vector.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    mark = f"{name}-"
    text = re.sub(r'\bid="', f'id="{mark}', text)
    text = re.sub(r"url\(#", f"url(#{mark}", text)
    text = re.sub(r'xlink:href="#', f'xlink:href="#{mark}', text)
    text = re.sub(r'<svg ([^>]*?)width="[^"]*" height="[^"]*"', r"<svg \1", text, count=1)
    return Markup(text.replace("<svg ", f'<svg role="img" aria-labelledby="{mark}alt" ', 1))


def _prose(value: Any) -> Any:
    """Return a text in which Markdown sees no markup of HTML."""
    return value.replace("<", "&lt;") if isinstance(value, str) else value


def _render(template: str, content: Mapping[str, Any], path: Path) -> Path:
    environment = Environment(
        loader=PackageLoader("analysis", "templates"),
        autoescape=template.endswith(".html.j2"),
        undefined=StrictUndefined,
        finalize=None if template.endswith(".html.j2") else _prose,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = lambda text: " ".join(str(text).replace("|", "\\|").split())
    write_whole(path, environment.get_template(template).render(**content).encode())
    return path
