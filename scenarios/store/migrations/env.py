"""Run the migrations over the connection that `scenarios.store.migrate` hands in."""

from alembic import context

from scenarios.store.models import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
