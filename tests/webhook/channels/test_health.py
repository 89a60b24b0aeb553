"""Up, well, and how it is doing: what each of the three questions may and may not depend on."""

from __future__ import annotations

from tests.fixtures.twilio import Edge, form_of


async def test_livez_answers_without_touching_anything(edge: Edge) -> None:
    edge.app.state.parts.database.close()
    answer = await edge.http.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_p2_readyz_stays_up_without_rasa_and_redis(edge: Edge) -> None:
    answer = await edge.http.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "degraded",
        "parts": {"database": "ok", "redis": "down", "assistant": "down"},
    }


async def test_p1_readyz_fails_when_nothing_can_be_stored(edge: Edge) -> None:
    file = edge.settings.data / "helpline.sqlite3"
    edge.app.state.parts.database.engine.dispose()
    file.unlink()
    file.mkdir()
    answer = await edge.http.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
    file.rmdir()


async def test_metrics_count_without_telling_who(edge: Edge) -> None:
    await edge.post(form_of())
    await edge.post(form_of())
    await edge.post(form_of(), token="forged")
    told = (await edge.http.get("/metrics")).text
    assert 'inbox_total{channel="sms"} 1.0' in told
    assert "inbox_repeats_total 1.0" in told
    assert 'webhook_rejected_total{why="Forbidden"} 1.0' in told
    assert "inbox_oldest_unhandled_seconds" in told
    assert "900123" not in told
    assert "refuge" not in told
