"""Run in a process of its own: fill a scratch installation with two people whose match is active, and print them."""

import json
import sys

import django


def main() -> None:
    django.setup()
    from allauth.account.models import EmailAddress

    from peersupport.running import prepare
    from peersupport.vault.door import pepper
    from tests.hiring.conftest import House as Hiring
    from tests.making import PASSWORD, World

    pepper.add()
    prepare()
    world = World()
    match = world.match(world.request(call_me="Somebody"))
    hiring = Hiring(world)
    hiring.open((True,))
    (member,) = hiring.members
    for user in (match.request.person, match.supporter.user, world.coordinator, member.user):
        user.set_password(PASSWORD)
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    json.dump(
        {
            "match": str(match.pk),
            "person": match.request.person.email,
            "supporter": match.supporter.user.email,
            "coordinator": world.coordinator.email,
            "member": member.user.email,
            "vacancy": str(hiring.vacancy.pk),
            "question": str(hiring.vacancy.criteria.first().pk),
            "password": PASSWORD,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
