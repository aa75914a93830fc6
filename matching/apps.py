from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        from matching import load, navigation, notifications, own_data, policies, records  # noqa: F401 (policies register themselves)
        from peersupport.web import kept_words

        load.register_all()
        navigation.register_all()
        records.declare_all()
        own_data.register_all()
        notifications.register_all()
        user_logged_in.connect(_close_links)
        kept_words.register_owner(_whose_link)


def _whose_link(request: HttpRequest) -> str:
    """Return whose page a private link opened in this browser, for the words they type there."""
    from matching.parties import kept_bearer

    bearer = kept_bearer(request)
    return f"request {bearer.request_id}" if bearer else ""


def _close_links(sender: object, request: HttpRequest, user: object, **kwargs: object) -> None:
    """Somebody signs in on this device: what a link had opened is closed, unless they came to keep it."""
    from matching.parties import WANTS_ACCOUNT, shut

    if not request.session.get(WANTS_ACCOUNT):
        shut(request)
