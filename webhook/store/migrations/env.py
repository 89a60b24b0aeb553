"""Alembic's environment: runs the migrations over the service's own engine."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from webhook.store import hub_models  # noqa: F401 -- its tables belong to the same metadata
from webhook.store.database import make_engine
from webhook.store.models import Base, TriageType, UtcDateTime


def _plain_types(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write our own column types as the plain ones they are stored as."""
    plain = {UtcDateTime: "sa.DateTime(timezone=True)", TriageType: "sa.Integer()"}
    return plain.get(type(item)) or False if kind == "type" else False


def run() -> None:
    """Migrate the database named by the caller."""
    engine = make_engine(context.config.attributes["url"])
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=_plain_types,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
