"""The web chat's pages: small, closed to the world, neutral, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from tests.fixtures.web import listening, serving
from webhook.channels.chat.pages import ChatPages, national
from webhook.main import create_app
from webhook.settings import Settings

CHAT = Path("webhook/channels/chat")
STATIC = sorted((CHAT / "static").iterdir())
PARTNER = "https://school.example"
SECRET = "a secret key of the tests which is long enough"


def make(tmp_path: Path, **given: object) -> Settings:
    return Settings(
        _env_file=None, **{"env": "test", "data": tmp_path, "secret_key": SECRET} | given
    )


@contextmanager
def browsing(app: FastAPI) -> Iterator[httpx.Client]:
    bound, base = listening()
    with serving(app, bound), httpx.Client(base_url=base, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = make(tmp_path_factory.mktemp("chat"), chat_origins=PARTNER)
    with browsing(create_app(settings)) as opened:
        yield opened


def test_page_loads_nothing_but_its_own_files(client: httpx.Client) -> None:
    answer = client.get("/chat")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
    assert policy.endswith("frame-ancestors 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert re.findall(r'(?:src|href)="(?!/chat/|tel:|sms:)([^"]*)"', answer.text) == []
    assert "<script>" not in answer.text
    assert "style=" not in answer.text


def test_only_partners_may_embed_the_frame(client: httpx.Client) -> None:
    policy = client.get("/chat/frame").headers["content-security-policy"]
    assert policy.endswith(f"frame-ancestors 'self' {PARTNER}")
    assert client.get("/chat/widget.js").headers["cross-origin-resource-policy"] == "cross-origin"
    assert client.get("/chat").headers["cross-origin-resource-policy"] == "same-origin"


def test_nothing_sets_a_cookie(client: httpx.Client) -> None:
    paths = ["/chat", "/chat/frame", "/chat/widget.js", "/chat/demo", "/chat/static/main.js"]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers


def test_p11_title_and_icon_are_neutral(client: httpx.Client) -> None:
    page = client.get("/chat").text
    assert re.findall("<title>(.*?)</title>", page) == ["Chat"]
    icon = client.get("/chat/static/icon.svg")
    assert icon.headers["content-type"] == "image/svg+xml"


def test_exit_without_script_drops_what_the_browser_keeps(client: httpx.Client) -> None:
    answer = client.get("/chat/exit", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "https://www.bbc.co.uk/weather"
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert answer.headers["cache-control"] == "no-store"


def test_unknown_file_is_not_found(client: httpx.Client) -> None:
    assert client.get("/chat/static/..%2Fpages.py").status_code == 404
    assert client.get("/chat/static/pages.py").status_code == 404


def test_everything_together_is_under_100_kb() -> None:
    assert sum(path.stat().st_size for path in STATIC) < 90_000


def test_files_are_sent_compressed_where_taken(client: httpx.Client) -> None:
    packed = client.get("/chat", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/chat", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text


def test_demo_exists_in_development_only(tmp_path: Path) -> None:
    production = make(
        tmp_path,
        env="production",
        public_url="https://chat.example",
        twilio_account_sid="AC" + "1" * 32,
        twilio_auth_token="a real token",
        twilio_from="+447700900000",
    )
    for settings, status in ((make(tmp_path), 200), (production, 404)):
        app = FastAPI()
        app.include_router(ChatPages(settings).router())
        with browsing(app) as client:
            assert client.get("/chat/demo").status_code == status


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+447700900000", "07700 900000"), ("", ""), ("60777", "60777")],
)
def test_number_is_shown_as_people_write_it(number: str, shown: str) -> None:
    assert national(number) == shown


def test_page_leaves_the_number_out_when_there_is_none(tmp_path: Path) -> None:
    with_one = ChatPages(make(tmp_path))._page.plain.decode()
    without = ChatPages(make(tmp_path, twilio_messaging_service_sid="MG1"))._page.plain.decode()
    assert 'Text us: <a href="sms:+447700900000"><bdi>07700 900000</bdi></a>' in with_one
    assert "Text us" not in without
    assert "sms:" not in without


def shown_text() -> str:
    """All words of the page, one sentence or label a line."""
    page = (CHAT / "templates/chat.html").read_text()
    page = re.sub(r"(?s)<head>.*?</head>|{%.*?%}|{{.*?}}|<!--.*?-->", " ", page)
    page = re.sub(r"</(p|li|h\d|button|legend|span|label|summary)>", ".\n", page)
    page = re.sub(r"<[^>]+>", "", page)
    script = (CHAT / "static/words.js").read_text()
    said = re.sub(r'" \+\s+"', "", script)
    spoken = "\n".join(re.findall(r'"([^"\n]{12,})"', said))
    return re.sub(r"\.\s*\.", ".", page) + spoken


def test_reading_age_is_nine_to_eleven() -> None:
    text = shown_text()
    assert grade(text) <= 5  # Flesch-Kincaid grade 5 is age 10 to 11.
    assert max(len(sentence.split()) for sentence in sentences(text)) <= 20


def sentences(text: str) -> list[str]:
    return [found for found in re.split(r"[.?!:]\s", text) if found.strip()]


def grade(text: str) -> float:
    """Flesch-Kincaid grade; syllables are counted as groups of vowels without a silent e."""
    words = re.findall(r"[A-Za-z']+", text)
    syllables = sum(
        max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$|es$|ed$", "", word.lower()))))
        for word in words
    )
    return 0.39 * len(words) / len(sentences(text)) + 11.8 * syllables / len(words) - 15.59


def test_words_promise_nothing_and_blame_nobody() -> None:
    text = shown_text().lower()
    for word in ("promise", "you are safe", "safe now", "why didn't", "should have", "sorry to"):
        assert word not in text


def test_p10_first_screen_names_999_and_the_silent_call(client: httpx.Client) -> None:
    page = client.get("/chat").text
    assert 'href="tel:999"' in page
    assert "On a mobile, press 55 when asked" in page
    assert "text 55" not in page.lower()
    assert "0800 1111" in page


def test_scripts_only_ever_make_text_of_words() -> None:
    for path in STATIC:
        script = path.read_text()
        for forbidden in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval("):
            assert forbidden not in script, path.name
        for forbidden in ("localStorage", "indexedDB", "document.cookie", "Notification", "Audio"):
            assert forbidden not in script, path.name
