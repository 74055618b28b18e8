"""The time of day as the store writes it."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment in UTC without a zone, as every TIMESTAMP column holds it."""
    return datetime.now(UTC).replace(tzinfo=None)
