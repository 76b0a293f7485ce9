"""`bijstand studio`: the web studio, on this computer only."""

from __future__ import annotations

from pathlib import Path

import click

from app import options
from app.terminal.output import language, say
from sim.problems import Say

__all__ = ["command"]


@click.command(name="studio")
@click.option("--port", type=click.IntRange(0, 65535), default=8321, show_default=True, help="port (0: any)")
@click.option("--listen", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="address; asks for a token")
@options.posterior_option
@options.database_option
@click.pass_context
def command(context: click.Context, /, port: int, listen: str, posterior: str | None, out: Path, db: str) -> None:
    """Open the studio: what-if questions, evidence, plans and runs in a browser.

    Example: bijstand studio --port 8321
    """
    from app.studio.server import Settings, serve

    def ready(address: str) -> None:
        say(context, Say(f"studio: {address} (Ctrl-C stops it)", f"studio: {address} (Ctrl-C stopt)"))

    lang = language(context)
    serve(Settings(host=listen, port=port, database=db, out=str(out), lang=lang, posterior=posterior), ready)
