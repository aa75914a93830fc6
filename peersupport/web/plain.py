"""The same text in other Unicode forms is the same: what people type, made plain before it is compared or kept."""

import unicodedata

#: Marks that nobody sees: of direction, of width, byte order, soft hyphen. A phone copies them along with a number.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2060\ufeff"))
_INVISIBLE |= dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2061, 0x2070)])
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-")


def western_digits(text: str) -> str:
    """Return the text with every decimal digit of any script as 0 to 9."""
    return "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in text)


def plain_digits(text: str) -> str:
    """Return only the decimal digits of a code or number, of any script, as 0 to 9."""
    return "".join(sign for sign in western_digits(text) if sign.isdecimal())


def cleaned(text: str) -> str:
    """Return what somebody typed or pasted without invisible marks, with plain dashes, spaces and digits."""
    text = western_digits(text.translate(_INVISIBLE).translate(_DASHES))
    return " ".join(text.split())


def plain_password(text: str) -> str:
    """Return a password in the one form that is hashed and derived from (NFKC): the same on every keyboard."""
    return unicodedata.normalize("NFKC", text)


def plain_address(text: str) -> str:
    """Return an email address in the one form it is kept and compared in: one mailbox, one account.

    Lower case, composed (NFKC), without invisible marks, the domain as it travels (xn--…, IDNA). What is no address
    comes back as it is, for whoever says what is wrong with it.
    """
    address = unicodedata.normalize("NFKC", cleaned(text)).strip().lower()
    name, at, domain = address.rpartition("@")
    if not at or domain.isascii():
        return address
    try:
        return f"{name}@{domain.encode('idna').decode('ascii').lower()}"
    except UnicodeError:
        return address
