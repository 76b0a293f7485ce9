"""Who may call, and what a page may load."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.studio.server import Settings, make_app

LISTENING = Settings(host="0.0.0.0", port=9000, token="secret")


def test_no_page_may_load_or_run_anything_unsafe(studio: TestClient) -> None:
    for path in ("/nl/ask", "/static/studio.js", "/nothing"):
        policy = studio.get(path).headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
    page = studio.get("/nl/ask").text
    assert " style=" not in page
    assert " onclick" not in page
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "localhost", "127.0.0.1.evil.example:8321"])
def test_other_host_names_are_refused(studio: TestClient, host: str) -> None:
    assert studio.get("/nl/ask", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:8321", "sec-fetch-site": "cross-site"},
        {"origin": "null"},
    ],
)
def test_changes_come_from_a_page_of_the_studio_only(studio: TestClient, headers: dict[str, str]) -> None:
    assert studio.post("/nl/ask", headers=headers, data={}).status_code == 403


def test_only_get_and_post(studio: TestClient) -> None:
    assert studio.request("DELETE", "/nl/ask").status_code == 405


def test_a_long_address_is_refused(studio: TestClient) -> None:
    assert studio.get("/nl/ask?b.who=" + "x" * 9000).status_code == 414


def test_visitors_get_names_that_mean_nothing(studio: TestClient) -> None:
    cookie = studio.get("/nl/ask", headers={"cookie": ""}).headers.get("set-cookie", "HttpOnly; SameSite=Strict")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_beyond_loopback_a_token_is_asked() -> None:
    client = TestClient(make_app(LISTENING), base_url="http://0.0.0.0:9000", follow_redirects=False)
    assert client.get("/static/studio.css").status_code == 403
    assert client.get("/static/studio.css?token=wrong").status_code == 403
    assert client.get("/static/studio.css?token=secret").status_code == 200
    assert client.get("/static/studio.css").status_code == 200  # the cookie carries it on


def test_texts_are_escaped(studio: TestClient) -> None:
    page = studio.get("/en/ask?a=regular&b=%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
