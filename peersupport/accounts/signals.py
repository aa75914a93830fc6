"""What happens to accounts, for the floors above."""

from django.dispatch import Signal

#: Something about how somebody signs in changed. Arguments: `user`, `what` (the name of the change).
account_changed = Signal()

#: Somebody may have known the password: whatever still gives access has to end. Arguments: `user`.
access_ended = Signal()

#: A role of trust began. Arguments: `user`, `role`, `granted_by` (or None).
role_begun = Signal()
