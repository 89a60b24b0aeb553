"""Migrations go up and down, with rows in the tables, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from tests.fixtures.service import Service
from webhook.store.database import make_engine
from webhook.store.migrate import downgrade, upgrade
from webhook.store.models import Base


def test_migrated_schema_equals_the_models(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = make_engine(empty_database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


async def test_down_and_up_again_with_rows(service: Service) -> None:
    conversation = await service.text("hello")
    await service.talk.handle(conversation)
    url = service.database.engine.url.render_as_string(hide_password=False)
    downgrade(url, "base")
    engine = make_engine(url)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    upgrade(url)
    assert "messages" in inspect(engine).get_table_names()
    engine.dispose()


def test_whether_it_helped_moves_out_of_the_outcome_and_back(empty_database_url: str) -> None:
    upgrade(empty_database_url, "0003")
    engine = make_engine(empty_database_url)
    row = (
        "INSERT INTO cases (week, hour_band, channel, needs, triage, indicators, plan_steps,"
        " handed_over, referrals, repeat, outcome)"
        " VALUES ('2026-W01', 'night', 'sms', '[]', 0, '[]', '[]', :no, '[]', :no, :outcome)"
    )
    with engine.begin() as connection:
        for outcome in ("helped_a_bit", "informed", None):
            connection.execute(text(row), {"no": False, "outcome": outcome})
    read = text("SELECT outcome, helped FROM cases ORDER BY id")
    upgrade(empty_database_url)
    with engine.begin() as connection:
        found = [tuple(row) for row in connection.execute(read)]
        assert found == [(None, "helped_a_bit"), ("informed", None), (None, None)]
        connection.execute(text("UPDATE cases SET helped = 'helped' WHERE outcome = 'informed'"))
    engine.dispose()
    downgrade(empty_database_url, "0003")
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT outcome FROM cases ORDER BY id")).scalars().all()
    assert kept == ["helped_a_bit", "informed", None]
    engine.dispose()
