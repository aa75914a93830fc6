"""What is told of training."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peersupport.notifications.models import Message
from peersupport.notifications.registry import Due, NotificationType, register
from peersupport.notifications.scan_state import morning, since
from supporters.training.models import Completion


class News(NotificationType):
    key = "training.news"
    group = "training"
    line = _("A course of yours is confirmed.")

    def url(self, message: Message) -> str:
        return reverse("training")

    def is_still_relevant(self, message: Message) -> bool:
        return Completion.objects.filter(pk=message.object_id).exists()


class Lapsing(News):
    """A month before what somebody completed does not hold any more, unless they did it again."""

    key = "training.lapsing"
    line = _("A course of yours holds for one more month. Please do it again.")
    AHEAD = timedelta(days=30)

    def find_due(self, now: datetime) -> Iterable[Due]:
        start = since(self.key, now)
        if start.date() == now.date():
            return
        found = Completion.objects.filter(
            confirmed_at__isnull=False,
            expires_on__gt=start.date() + self.AHEAD,
            expires_on__lte=now.date() + self.AHEAD,
        )
        for one in found.select_related("supporter__user").order_by("expires_on", "pk"):
            user = one.supporter.user
            if user is not None and user.is_active and not self._again(one):
                yield Due(one, user, user.pseudonym, morning(one.expires_on - self.AHEAD))

    def _again(self, one: Completion) -> bool:
        return Completion.objects.filter(supporter=one.supporter, course=one.course, done_on__gt=one.done_on).exists()


def register_all() -> None:
    """Register both."""
    register(News(), Lapsing())
