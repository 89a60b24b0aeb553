"""P7: what people write, and their numbers, stand in no log, no key of Valkey and no database file.

Unique words travel every path, failing ones too, with Rasa at its noisiest; then everything that
the processes printed and kept is searched. Only the simulator, which is the phone, may know them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from tests.fixtures.web import until
from tests.fixtures.whole import PATIENCE_SECONDS, Helpline, Shared, installation

pytestmark = [pytest.mark.assistant, pytest.mark.slow]

NUMBER = "+447700900987"
WORDS = ("zebrakettle", "quillomarsh", "vintagorse", "plumbatrix", "oxwhistle")
SOUGHT = [*(word.encode() for word in WORDS), b"7700900987", b"7700 900987"]


@pytest.fixture
def helpline(shared: Shared, tmp_path: Path) -> Iterator[Helpline]:
    with installation(shared, tmp_path) as made:
        yield made


def test_p7_no_word_or_number_is_kept_readably(helpline: Helpline) -> None:
    _by_text(helpline)
    _through_a_failure(helpline)
    _by_web_chat(helpline)
    conversation = helpline.conversation(NUMBER)
    assert conversation is not None
    assert _found(helpline.folder) == []
    assert _found(helpline.shared.folder) == []
    assert _in_valkey(helpline.shared.valkey_url) == []
    # The search itself must find: the log of what was refused is there, and so are the trackers.
    assert "request_failed" in helpline.web.log.read_text()
    assert _search(f"a {WORDS[0]} b".encode()) == [WORDS[0]]


def _by_text(helpline: Helpline) -> None:
    """An ordinary text, danger, one that the carrier refuses, a forged one, a keyword."""
    helpline.text(NUMBER, f"my neighbour {WORDS[0]} keeps watching me")
    helpline.replies(NUMBER)
    helpline.text(NUMBER, f"he's outside with a hammer {WORDS[1]}")
    helpline.settled(NUMBER)
    helpline.fault("forge", NUMBER)
    helpline.text(NUMBER, f"forged {WORDS[2]}")
    helpline.fault("503", NUMBER)
    helpline.text(NUMBER, f"can i get an injunction {WORDS[2]}")
    helpline.settled(NUMBER)


def _through_a_failure(helpline: Helpline) -> None:
    """The table is away for a moment: every process fails with the text in its hands."""
    engine = helpline.database.engine
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE messages RENAME TO away")
    try:
        asked = {"from": NUMBER, "body": f"please {WORDS[3]}"}
        helpline.phone.post("/simulator/inbound", json=asked)
        until(lambda: "sweep_failed" in helpline.worker.log.read_text(), PATIENCE_SECONDS)
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO messages")


def _by_web_chat(helpline: Helpline) -> None:
    with httpx.Client(
        base_url=helpline.base, timeout=30, headers={"Origin": helpline.base}
    ) as browser:
        opened = browser.post("/chat/api/conversations", json={})
        opened.raise_for_status()
        path = f"/chat/api/conversations/{opened.json()['id']}/messages"
        given = {"Authorization": f"Bearer {opened.json()['token']}"}
        said = {"client_id": str(uuid.uuid4()), "text": f"my dad hits me {WORDS[4]}"}
        browser.post(path, json=said, headers=given).raise_for_status()
        wrong = {"client_id": WORDS[4], "text": 5}
        assert browser.post(path, json=wrong, headers=given).status_code == 400


def _found(folder: Path) -> list[str]:
    """Files, other than the simulator's, that hold something which must be nowhere."""
    files = [file for file in folder.rglob("*") if file.is_file() and "simulator" not in file.name]
    assert files
    return [f"{file.name}: {word}" for file in files for word in _search(file.read_bytes())]


def _in_valkey(url: str) -> list[str]:
    found: list[str] = []
    with redis.Redis.from_url(url) as client:
        keys: Any = list(client.scan_iter())
        assert keys, "the assistant's memory is there to be searched"
        for key in keys:
            found += _search(bytes(key))
            found += _search(repr(_value(client, key)).encode())
    return found


def _value(client: Any, key: bytes) -> Any:
    kind = client.type(key)
    if kind == b"string":
        return client.get(key)
    if kind == b"hash":
        return client.hgetall(key)
    if kind == b"list":
        return client.lrange(key, 0, -1)
    return list(client.sscan_iter(key)) if kind == b"set" else client.dump(key)


def _search(held: bytes) -> list[str]:
    return [word.decode() for word in SOUGHT if word in held]
