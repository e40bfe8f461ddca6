"""What each setting may say by itself; a value that holds a secret is never repeated in words."""

import base64
import binascii
import re
from collections.abc import Callable
from decimal import Decimal
from email.utils import parseaddr
from ipaddress import ip_network
from urllib.parse import SplitResult, urlsplit

import dj_email_url
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from marshmallow.fields import Boolean

from civicfund.limits import read_limits

SEALING_KEY_BYTES = 32
#: What no reader of a setting but the processes themselves should see.
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Wrong(ValueError):
    """Say in words what is wrong with a value."""


def boolean(value: str) -> None:
    """Raise Wrong unless a value says yes or no."""
    if value not in Boolean.truthy | Boolean.falsy:
        raise Wrong(f"is true or false, not {value!r}")


def number(least: int, most: int | None = None) -> Callable[[str], None]:
    """Return what raises Wrong unless a value is a whole number from `least` to `most`."""

    def read(value: str) -> None:
        bounds = f"from {least} on" if most is None else f"from {least} to {most}"
        if (
            not re.fullmatch(r"-?\d+", value)
            or int(value) < least
            or (most is not None and int(value) > most)
        ):
            raise Wrong(f"is a whole number {bounds}, not {value!r}")

    return read


def seconds(most: int) -> Callable[[str], None]:
    """Return what raises Wrong unless a value is so many seconds at most, and parts of one if need be."""

    def read(value: str) -> None:
        if not re.fullmatch(r"\d+(\.\d+)?", value) or Decimal(value) > most:
            raise Wrong(f"is from 0 to {most} seconds, not {value!r}")

    return read


def one_of(*words: str) -> Callable[[str], None]:
    """Return what raises Wrong unless a value is one of some words."""

    def read(value: str) -> None:
        if value not in words:
            raise Wrong(f"is one of {', '.join(words)}, not {value!r}")

    return read


def limits(value: str) -> None:
    """Raise Wrong unless a value is like 5/600,20/3600."""
    try:
        read_limits(value)
    except ValueError:
        raise Wrong(f"is like 5/600,20/3600 (so many times in so many seconds), not {value!r}") from None


def secret_key(value: str) -> None:
    """Raise Wrong when there is no word to sign with."""
    if not value.strip():
        raise Wrong('is empty: make one with python -c "import secrets; print(secrets.token_urlsafe(64))"')


def sealing_keys(value: str) -> None:
    """Raise Wrong unless each word of a value is 32 bytes in base64; an empty value is looked at elsewhere."""
    for place, word in enumerate(filter(None, value.split(",")), 1):
        try:
            key = base64.b64decode(word.strip(), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != SEALING_KEY_BYTES:
            raise Wrong(f"key number {place} is not {SEALING_KEY_BYTES} bytes in base64")


def database(value: str) -> None:
    """Raise Wrong unless a value is PostgreSQL's address with a name of a database."""
    parts = _parts(value)
    if parts.scheme not in ("postgres", "postgresql"):
        raise Wrong("begins with postgresql://, since nothing but PostgreSQL keeps these books")
    if parts.fragment:
        raise Wrong("has a # in it: write it as %23, and other signs of a password in the same way")
    if len(parts.path) < 2 or "/" in parts.path[1:]:
        raise Wrong("ends with the database's name, as in postgresql://person:password@host:5432/civicfund")


def broker(value: str) -> None:
    """Raise Wrong unless a value is Redis' address."""
    parts = _parts(value)
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise Wrong("begins with redis:// or, encrypted, with rediss://")
    if parts.scheme != "unix" and not (parts.hostname and re.fullmatch(r"/?\d*", parts.path)):
        raise Wrong("is a host and the number of a database, as in redis://host:6379/0")


def mail_server(value: str) -> None:
    """Raise Wrong unless a value is a mail server's address; an empty value is looked at elsewhere."""
    parts = _parts(value)
    if value and parts.scheme not in dj_email_url.SCHEMES:
        raise Wrong("begins with smtp://, as in smtp://person:password@host:587/?tls=true")
    if parts.scheme.startswith(("smtp", "submission")) and not parts.hostname:
        raise Wrong("names no host, as in smtp://person:password@host:587/?tls=true")


def address(value: str) -> None:
    """Raise Wrong unless a value is one e-mail address."""
    try:
        validate_email(value)
    except ValidationError:
        raise Wrong("is empty" if not value else f"is an e-mail address, not {value!r}") from None


def sender(value: str) -> None:
    """Raise Wrong unless a value is an e-mail address, with or without a name before it."""
    address(parseaddr(value)[1])


def site(value: str) -> None:
    """Raise Wrong unless a value is the address of a site, without a path."""
    parts = _parts(value)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path not in ("", "/")
        or parts.query
    ):
        raise Wrong(f"is an address like https://crowdfunding.example.org, not {value!r}")


def sites(value: str) -> None:
    """Raise Wrong unless each word of a value is the address of a site."""
    for word in value.split(","):
        site(word.strip())


def page(value: str) -> None:
    """Raise Wrong unless a value is empty or the address of a page."""
    if value and not (_parts(value).scheme in ("http", "https") and _parts(value).hostname):
        raise Wrong(f"is an address like https://example.org/page, not {value!r}")


def report_place(value: str) -> None:
    """Raise Wrong unless a value is empty or as Sentry gives it: https://key@host/number."""
    parts = _parts(value)
    if value and not (parts.scheme in ("http", "https") and parts.username and parts.path[1:]):
        raise Wrong("is as Sentry gives it: https://key@host/number")


def hosts(value: str) -> None:
    """Raise Wrong when a value has a whole address where a name is wanted."""
    for word in filter(None, (part.strip() for part in value.split(","))):
        if "/" in word or re.search(r":\d+$", word) or " " in word:
            raise Wrong(f"has names alone, without https:// and without a port, not {word!r}")


def proxies(value: str) -> None:
    """Raise Wrong unless each word of a value is an address or a network."""
    for word in filter(None, (part.strip() for part in value.split(","))):
        try:
            ip_network(word, strict=False)
        except ValueError:
            raise Wrong(f"has addresses or networks like 172.16.0.0/12, not {word!r}") from None


def stripe_key(value: str) -> None:
    """Raise Wrong unless a value is a secret or restricted key of Stripe's."""
    if value.startswith("pk_"):
        raise Wrong("is a publishable key, and a secret or restricted one (sk_ or rk_) is needed")
    if not re.match(r"(sk|rk)_(test|live)_\S", value):
        raise Wrong("is no key of Stripe's: one begins with sk_test_, sk_live_, rk_test_ or rk_live_")


def webhook_secrets(value: str) -> None:
    """Raise Wrong unless each word of a value is a signing secret of Stripe's."""
    words = [word.strip() for word in value.split(",")]
    if not all(re.match(r"whsec_\S", word) for word in words):
        raise Wrong("has a word that is no signing secret of Stripe's endpoint: each begins with whsec_")


def descriptor(value: str) -> None:
    """Raise Wrong unless a value is what a bank statement may begin with."""
    if not re.fullmatch(r"[A-Z0-9]{2,10}", value):
        raise Wrong(f"is 2 to 10 capitals and digits, not {value!r}")


def or_nothing(read: Callable[[str], None]) -> Callable[[str], None]:
    """Return what lets an empty value pass, and looks at any other."""
    return lambda value: read(value) if value else None


def desk_path(value: str) -> None:
    """Raise Wrong unless a value can be a part of an address."""
    if not re.fullmatch(r"/?[A-Za-z0-9][A-Za-z0-9_-]*/?", value):
        raise Wrong(f"is one word of letters, digits and dashes, not {value!r}")


def _parts(value: str) -> SplitResult:
    """Return the parts of an address. Raise Wrong for what is none."""
    try:
        parts = urlsplit(value)
        _port = parts.port
    except ValueError:
        raise Wrong(
            "is no address: its port is a number, and signs like / : @ in a password are written %2F %3A %40"
        ) from None
    return parts


#: What looks at each setting that is given.
READERS: dict[str, Callable[[str], None]] = {
    "SECRET_KEY": secret_key,
    "ALLOWED_HOSTS": hosts,
    "SITE_URL": site,
    "SECURE": boolean,
    "TRUST_PROXY": boolean,
    "TRUSTED_PROXIES": proxies,
    "DEBUG": boolean,
    "STAFF_SECOND_FACTOR": boolean,
    "FRESH_LOGIN_MINUTES": number(1, 1440),
    "ADMIN_PATH": desk_path,
    "LOG_LEVEL": one_of(*LEVELS),
    "LOG_FORMAT": one_of("line", "json"),
    "SENTRY_DSN": report_place,
    "STRIPE_TASKS_AT_ONCE": number(1),
    "CELERY_VISIBILITY_TIMEOUT": number(1),
    "CONTACT_EMAIL": address,
    "ACCESSIBILITY_URL": page,
    "PRIVACY_URL": page,
    "TRANSPARENCY_URL": page,
    "DATABASE_URL": database,
    "REDIS_URL": broker,
    "SEALING_KEYS": sealing_keys,
    "STRIPE_SECRET_KEY": stripe_key,
    "STRIPE_WEBHOOK_SECRETS": webhook_secrets,
    "STRIPE_DESCRIPTOR_PREFIX": descriptor,
    "STRIPE_API_BASE": page,
    "CHECKOUT_HOSTS": sites,
    "CALL_QUESTION_LIMITS": limits,
    "GIFT_LIMITS": boolean,
    "GIFT_LIMITS_PER_NETWORK": limits,
    "GIFT_LIMITS_PER_CAMPAIGN": limits,
    "GIFT_LIMITS_OF_SITE": limits,
    "GIFT_LIMITS_PER_EMAIL": limits,
    "GIFT_LIMITS_WITHOUT_REDIS": limits,
    "GIFT_LINKS_PER_EMAIL": limits,
    "GIFT_LINKS_PER_NETWORK": limits,
    "GIFT_FORM_LEAST_SECONDS": number(0),
    "GIFT_FORM_MOST_SECONDS": number(1),
    "GIFT_PUZZLE_BITS": number(0, 30),
    "GIFT_PAUSE_DECLINES": limits,
    "GIFT_PAUSE_RATE_BP": number(0, 10_000),
    "GIFT_PAUSE_RATE_FROM": number(1),
    "GIFT_PAUSE_SECONDS": number(0),
    "MAINTENANCE_MINUTES": number(0),
    "EMAIL_URL": mail_server,
    "DEFAULT_FROM_EMAIL": sender,
    "DOCUMENT_LARGEST_MB": number(1),
    "DOCUMENTS_MOST": number(1),
    # More than one machine.
    "ONLY_MESSAGES": boolean,
    "PAGE_CACHE_SECONDS": seconds(5),
    "DIRECT_DATABASE_URL": or_nothing(database),
    "REPLICA_DATABASE_URL": or_nothing(database),
    "S3_ENDPOINT_URL": page,
    "S3_ADDRESSING": one_of("auto", "path", "virtual"),
    # How often anybody may do what costs the machine something, and how long a session lasts.
    "VISIT_LIMITS": boolean,
    "SEARCH_LIMITS": limits,
    "UPLOAD_LIMITS": limits,
    "EXPORT_LIMITS": limits,
    "VISIT_LIMITS_WITHOUT_REDIS": limits,
    "SESSION_DAYS": number(0),
    "STAFF_SESSION_HOURS": number(0),
    "STAFF_IDLE_MINUTES": number(0),
    # Who signs in with the State's identity.
    "SPID_DISCOVERY": page,
    "CIE_DISCOVERY": page,
    "SPID_LEVEL": number(2, 3),
    "CIE_LEVEL": number(2, 3),
}
