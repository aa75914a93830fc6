"""A limit on how often something may be tried: counted in the database, for all processes together."""

import ipaddress
import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from peersupport.web.cache import keyed_hash
from peersupport.web.models import RateLimit

logger = logging.getLogger(__name__)

#: Tries at the same moment each looked at the clock a little earlier or later: that begins no new window.
CLOCKS_DIFFER = timedelta(minutes=1)
#: Whoever has one IPv6 address has the whole network of this length.
IPV6_NETWORK = 64


def too_often(request: HttpRequest, action: str, *, times: int, seconds: int) -> bool:
    """Count one try of `action` from this visitor's network; True when there were more than `times` in `seconds`."""
    return too_often_for(f"{action}:{network_of(request)}", times=times, seconds=seconds)


def address_of(request: HttpRequest) -> str:
    """Return the visitor's address; behind the trusted server in front, the one that server saw."""
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))


def network_of(request: HttpRequest) -> str:
    """Return whom a limit counts: the IPv4 address, or the /64 network of an IPv6 address."""
    text = address_of(request)
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((address, IPV6_NETWORK), strict=False))
    return str(address)


def too_often_for(key: str, *, times: int, seconds: int) -> bool:
    """Count one try under `key`; True when there were more than `times` in `seconds`. Only a keyed hash is kept.

    What stands before the colon of `key` names the action: a log line has it the first time the limit is passed.
    """
    tries = count(key, seconds=seconds)
    if tries == times + 1:
        action, colon, _whose = key.partition(":")
        logger.warning("a limit was reached: %s", action if colon else "of one")
    return tries > times


def count(key: str, *, seconds: int) -> int:
    """Count one more and return how many there were since the window of `seconds` began.

    Atomic: of many tries at the same moment each gets a number of its own.
    """
    hashed, now = keyed_hash("limit", key), timezone.now()
    until = now + timedelta(seconds=seconds)
    while True:
        with transaction.atomic():
            RateLimit.objects.bulk_create([RateLimit(key=hashed, expires_at=until)], ignore_conflicts=True)
            counter = RateLimit.objects.select_for_update().filter(pk=hashed).first()
            if counter is None:  # deleted as expired between the two statements
                continue
            if counter.expires_at <= now or counter.expires_at > until + CLOCKS_DIFFER:  # over, or a clock ran ahead
                counter.count, counter.expires_at = 0, until
            counter.count += 1
            counter.save(update_fields=["count", "expires_at"])
            return counter.count


def uncount(key: str) -> None:
    """Take one try back: it was not a guess."""
    with transaction.atomic():
        counter = RateLimit.objects.select_for_update().filter(pk=keyed_hash("limit", key), count__gt=0).first()
        if counter:
            counter.count -= 1
            counter.save(update_fields=["count"])
