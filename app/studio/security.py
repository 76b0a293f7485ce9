"""What keeps the studio private: who may call, what a page may load, what may change something.

Loopback only; any other host name is refused (DNS rebinding), other addresses only with a token. Pages load nothing
from elsewhere and run no inline script or style. Whatever changes something is a POST from a page of the studio
itself. Visitors are told apart by a random cookie that means nothing else.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse

__all__ = ["COOKIE", "Guard"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

COOKIE = "bijstand_visitor"
_TOKEN = "bijstand_token"
_LONGEST_ADDRESS = 8_000
MOST_UPLOAD = 5_000_000
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


class Guard:
    """ASGI middleware in front of everything.

    Args:
        hosts: names (with port) under which the studio may be called.
        token: what a caller must know when the studio listens beyond loopback; "" = nothing.
    """

    def __init__(self, app: Any, hosts: frozenset[str], token: str = "") -> None:
        self._app, self._hosts, self._token = app, hosts, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call through, or refuse it in one line."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        cookies = cookie_parser(headers.get("cookie", ""))
        refusal = self._refused(scope, headers, cookies)
        if refusal is not None:
            await PlainTextResponse(refusal[1], refusal[0], headers=_HEADERS)(scope, receive, send)
            return
        visitor = cookies.get(COOKIE, "")
        fresh = len(visitor) != 32 or not visitor.isalnum()
        visitor = secrets.token_hex(16) if fresh else visitor
        scope.setdefault("state", {})["visitor"] = visitor
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])[0]

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    if name not in out:
                        out[name] = value
                rest = "; Path=/; HttpOnly; SameSite=Strict"
                if fresh:
                    out.append("set-cookie", f"{COOKIE}={visitor}{rest}")
                if self._token and asked:
                    out.append("set-cookie", f"{_TOKEN}={asked}{rest}")
            await send(message)

        await self._app(scope, receive, guarded)

    def _refused(self, scope: Scope, headers: Headers, cookies: dict[str, str]) -> tuple[int, str] | None:
        if headers.get("host", "").lower() not in self._hosts:
            return 421, "this studio answers only under its own address\n"
        if len(scope.get("query_string", b"")) + len(scope.get("path", "")) > _LONGEST_ADDRESS:
            return 414, "the address is too long\n"
        if self._token:
            asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])[0]
            if not any(hmac.compare_digest(each, self._token) for each in (asked, cookies.get(_TOKEN, ""))):
                return 403, "this studio asks for a token: open the address that it printed when it started\n"
        if scope["method"] in ("GET", "HEAD"):
            return None
        if scope["method"] != "POST":
            return 405, "only GET and POST\n"
        length = headers.get("content-length", "")
        if not length.isdigit() or int(length) > MOST_UPLOAD + 100_000:
            return 413, f"at most {MOST_UPLOAD // 1_000_000} MB, with its length told\n"
        site, origin = headers.get("sec-fetch-site", ""), headers.get("origin", "")
        same = origin != "" and urlsplit(origin).netloc.lower() in self._hosts
        if site not in ("", "same-origin") or not same:
            return 403, "changes are made from a page of the studio only\n"
        return None
