"""How far each kind has looked for what is due, so that nothing is told twice, and nothing is left out after an outage."""

from datetime import datetime, timedelta

from peersupport.reminders.models import Heartbeat


def since(key: str, now: datetime) -> datetime:
    """Return up to when a kind has looked, and note that it has looked until now. After an outage it catches up."""
    name = f"due:{key}"
    before = Heartbeat.objects.filter(name=name).first()
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})
    return before.at if before else now - timedelta(hours=1)
