"""Migrations go up and down, with rows in the tables, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from tests.fixtures.service import Service
from webhook.store.database import make_engine
from webhook.store.migrate import downgrade, upgrade
from webhook.store.models import Base


def test_migrated_schema_equals_the_models(database_url: str) -> None:
    upgrade(database_url)
    engine = make_engine(database_url)
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
