"""The server: routes, templates, and the two engine processes behind them."""

from __future__ import annotations

import contextlib
import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from app.studio.jobs import Engine
from app.studio.security import Guard
from sim.problems import InputError, Problem, Say

__all__ = ["Settings", "make_app", "serve"]

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Settings:
    """Where the studio listens and keeps things.

    Attributes:
        host, port: address; port 0 = any that is free.
        database: URL of the runs (the command line's own).
        out: folder of reports and imported evidence.
        lang: language of the first page.
        posterior: where parameters come from, as `--posterior` says; None = the default of every command.
        token: asked of every caller; made when the studio listens beyond loopback.
    """

    host: str = "127.0.0.1"
    port: int = 8321
    database: str = "sqlite:///out/bijstand.sqlite"
    out: str = "out"
    lang: str = "nl"
    posterior: str | None = None
    token: str = ""

    @property
    def hosts(self) -> frozenset[str]:
        """Names under which the studio may be called."""
        names = {"127.0.0.1", "localhost", "[::1]", self.host}
        return frozenset(f"{name}:{self.port}".lower() for name in names)


def make_app(settings: Settings) -> Starlette:
    """Return the studio as an ASGI application; its engines start with it."""
    from app.studio.views import ROUTES, State

    environment: Mapping[str, Any] = {
        "database": settings.database,
        "out": settings.out,
        "posterior": settings.posterior,
    }
    state = State(
        settings=settings,
        preview=Engine("preview", environment, replace=True),
        work=Engine("work", environment, replace=False),
    )

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await state.preview.open()
        await state.work.open()
        yield
        await state.preview.close()
        await state.work.close()

    routes = [
        *(Route(path, view, methods=[method]) for path, view, method in ROUTES),
        Mount("/static", StaticFiles(directory=_HERE / "static")),
    ]
    guard = Middleware(Guard, hosts=settings.hosts, token=settings.token)
    app = Starlette(routes=routes, lifespan=lifespan, middleware=[guard])
    app.state.studio = state
    return app


def serve(settings: Settings, ready: Any = None) -> None:
    """Listen until stopped; `ready` is called with the address once the socket is open.

    Raises:
        InputError: the address cannot be listened on.
    """
    from dataclasses import replace

    import uvicorn

    opened = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((settings.host, settings.port))
        opened.listen(128)  # whoever opens the address at once waits a moment, and is not refused
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "no port"
        allowed = Say(f"an address that is free ({reason})", f"een adres dat vrij is ({reason})")
        raise InputError([Problem("--port", settings.port, allowed)]) from None
    beyond = settings.host not in ("127.0.0.1", "::1", "localhost")
    chosen = replace(
        settings, port=opened.getsockname()[1], token=settings.token or (secrets.token_urlsafe(24) if beyond else "")
    )
    if ready is not None:
        ready(f"http://{chosen.host}:{chosen.port}/" + (f"?token={chosen.token}" if chosen.token else ""))
    config = uvicorn.Config(
        make_app(chosen), log_level="warning", access_log=False, server_header=False, date_header=False, ws="none"
    )
    uvicorn.Server(config).run(sockets=[opened])
