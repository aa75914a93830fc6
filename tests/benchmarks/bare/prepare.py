"""Fill the bare project's database; print the key of a session that is signed in."""

import os

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.bare.settings"
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.utils import timezone

    from tests.benchmarks.bare.models import Row
    from tests.benchmarks.signing_in import session_of

    call_command("migrate", run_syncdb=True, verbosity=0)
    now = timezone.now()
    Row.objects.bulk_create(
        Row(name=f"Somebody {n:03}", title="Peer", state="active", area="North", since=now, maximum=3, taken=n % 4)
        for n in range(100)
    )
    user = User.objects.create_user("somebody")
    print(session_of(user, backend="django.contrib.auth.backends.ModelBackend"))


if __name__ == "__main__":
    main()
