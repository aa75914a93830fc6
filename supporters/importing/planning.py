"""What will become of a row: the one question that the try and the real run both ask."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _now

from peersupport.accounts.models import Role, RoleInvitation, User
from supporters.importing.doubles import Doubles
from supporters.importing.rows import Reading
from supporters.models import Characteristic, ImportOutcome, Option, Status, Supporter

_STRENGTH = {"": 0, "file": 1, "email": 2, "id": 3}


@dataclass
class Plan:
    """Outcome and what has to be written for it. `email` is an address to keep as an invitation not sent yet."""

    outcome: str
    remarks: list[str] = field(default_factory=list)
    supporter: Supporter | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    options: list[Option] = field(default_factory=list)
    email: str = ""


def refused(reason: Any, remarks: Sequence[str] = ()) -> Plan:
    """A row that is not taken; the reason comes first."""
    return Plan(ImportOutcome.REFUSED, [str(reason), *remarks])


def identities(reading: Reading, digest: str) -> list[str]:
    """Whom a row stands for, the strongest sign first: own number, address, place in this very file."""
    signs = [f"id:{reading.own}"] if reading.own else []
    signs += [_email_identity(reading.email)] if reading.email else []
    return [*signs, f"file:{digest}:{reading.number}"]


def _email_identity(email: str) -> str:
    whole = f"email:{email}"
    return whole if len(whole) <= 200 else f"email:sha256:{hashlib.sha256(email.encode()).hexdigest()}"


@dataclass
class Known:
    """Whom the database knows among the people of some rows."""

    by_identity: dict[str, Supporter] = field(default_factory=dict)
    by_email: dict[str, Supporter] = field(default_factory=dict)
    accounts: set[str] = field(default_factory=set)
    invited: set[str] = field(default_factory=set)
    told: dict[Any, list[Option]] = field(default_factory=dict)

    @classmethod
    def of(cls, readings: Sequence[Reading], digest: str) -> Known:
        """Ask four questions, however many rows there are. Call it inside the transaction that writes."""
        emails = {reading.email for reading in readings if reading.email}
        users = dict(User.objects.filter(email__in=emails).values_list("pk", "email")) if emails else {}
        open_ones = RoleInvitation.objects.filter(role=Role.SUPPORTER, email__in=emails, accepted_at=None)
        invited = dict(open_ones.values_list("pk", "email")) if emails else {}
        names = [sign for reading in readings for sign in identities(reading, digest)]
        emails_by_key: dict[Any, str] = {**invited, **users}
        known = cls(accounts=set(users.values()), invited=set(invited.values()))
        for supporter in _supporters(names, list(invited), list(users)):
            known.by_identity[supporter.external_id] = supporter
            address = emails_by_key.get(supporter.invitation_id) or emails_by_key.get(supporter.user_id)
            if address:
                known.by_email[address] = supporter
        known.told = _told({*known.by_identity.values(), *known.by_email.values()})
        known.by_identity.pop("", None)
        return known

    def find(self, reading: Reading, signs: Sequence[str], *, by_email: bool) -> Supporter | None:
        """Return whom a row stands for. Another own number with the same address is another person."""
        for sign in signs:
            if (found := self.by_identity.get(sign)) and (by_email or not sign.startswith("email:")):
                return found
        other = self.by_email.get(reading.email) if by_email else None
        different = other and reading.own and other.external_id.startswith("id:")
        return None if different else other


def _supporters(names: list[str], invitations: list[Any], users: list[Any]) -> Iterable[Supporter]:
    """Fetched by each sign on its own index, and held until the transaction ends."""
    found = Supporter.objects.select_for_update().order_by("pk")
    keys = set(Supporter.objects.filter(external_id__in=names).values_list("pk", flat=True))
    if invitations or users:
        reached = Supporter.objects.filter(invitation__in=invitations) | Supporter.objects.filter(user__in=users)
        keys |= set(reached.values_list("pk", flat=True))
    return found.filter(pk__in=keys) if keys else []


def _told(supporters: Iterable[Supporter]) -> dict[Any, list[Option]]:
    keys = [supporter.pk for supporter in supporters if _unclaimed(supporter)]
    told: dict[Any, list[Option]] = {}
    if keys:
        for item in Characteristic.objects.filter(supporter__in=keys).select_related("option__dimension"):
            told.setdefault(item.supporter_id, []).append(item.option)
    return told


def _unclaimed(supporter: Supporter) -> bool:
    return supporter.user_id is None and supporter.state == Status.INVITED


def plan(reading: Reading, known: Known, doubles: Doubles, digest: str) -> Plan:
    """Say what becomes of a row. Changes nothing."""
    if reading.problem:
        return refused(reading.problem, reading.remarks)
    if reading.number in doubles.same:
        return refused(_now("The same person stands in row %(row)d.") % {"row": doubles.same[reading.number]})
    shared = doubles.shared.get(reading.number)
    signs = identities(reading, digest)
    found = known.find(reading, signs, by_email=shared is None)
    address = "" if shared else reading.email
    remarks = list(reading.remarks)
    if shared:
        words = {"row": shared}
        remarks.append(_now("The e-mail address stands in row %(row)d already and was left out here.") % words)
    if found is None:
        return _create(reading, known, signs[0], address, remarks)
    return _fill(reading, known, found, signs[0], address, remarks)


def _create(reading: Reading, known: Known, sign: str, address: str, remarks: list[str]) -> Plan:
    fields = reading.fields | {"external_id": sign}
    return Plan(ImportOutcome.CREATED, remarks, None, fields, reading.options, _free(address, known, remarks))


def _free(address: str, known: Known, remarks: list[str]) -> str:
    """Return the address if nobody has it yet; otherwise say so."""
    if address in known.accounts:
        remarks.append(_now("There is an account with this e-mail address. No second invitation was made."))
    elif address in known.invited:
        remarks.append(_now("This e-mail address has an open invitation. No second one was made."))
    else:
        return address
    return ""


def _fill(reading: Reading, known: Known, found: Supporter, sign: str, address: str, remarks: list[str]) -> Plan:
    """Fill what is empty; whoever took their profile over is the only one to change it."""
    if not _unclaimed(found):
        remarks = [_now("This person has an account: only they change their profile.")]
        return Plan(ImportOutcome.UNCHANGED, remarks, found)
    fields = {name: value for name, value in reading.fields.items() if name != "maximum" and not getattr(found, name)}
    if _weaker(found.external_id, sign):
        fields["external_id"] = sign
    options = _new_options(reading.options, known.told.get(found.pk, []))
    missing = address if found.invitation_id is None else ""
    email = _free(missing, known, remarks) if missing else ""
    outcome = ImportOutcome.UPDATED if fields or options or email else ImportOutcome.UNCHANGED
    return Plan(outcome, remarks, found, fields, options, email)


def _weaker(kept: str, sign: str) -> bool:
    return _STRENGTH[kept.partition(":")[0]] < _STRENGTH[sign.partition(":")[0]]


def _new_options(wanted: Iterable[Option], told: Sequence[Option]) -> list[Option]:
    """Options that are not told yet and do not take the place of an answer given."""
    answered = {option.dimension_id for option in told if option.dimension.one_answer}
    have = {option.pk for option in told}
    return [option for option in wanted if option.pk not in have and option.dimension_id not in answered]
