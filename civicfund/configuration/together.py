"""What settings say together: what is missing, what contradicts itself, and what is only odd."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import PurePath
from urllib.parse import urlsplit

from marshmallow.fields import Boolean

from civicfund.configuration.values import READERS, Wrong

LOCAL = ("127.0.0.1", "localhost", "::1", "testserver")
SECRET_LETTERS = 32
LONGEST_TASK_SECONDS = 120
#: Mail that stays on this machine.
HOME_MAIL = ("console", "file", "memory", "dummy")
#: Without these nothing can be read at all.
NEEDED = {
    # nosec B105 - words about keys, no keys
    "SECRET_KEY": 'make one with python -c "import secrets; print(secrets.token_urlsafe(64))"',
    "DATABASE_URL": "PostgreSQL's address, like postgresql://civicfund_app:password@127.0.0.1:5432/civicfund",
    "REDIS_URL": "Redis' address, like redis://127.0.0.1:6379/0",
    "STRIPE_SECRET_KEY": "a secret or restricted key from Stripe's dashboard",
    "STRIPE_WEBHOOK_SECRETS": "the signing secret of the webhook's endpoint, from Stripe's dashboard",
}
MAKE_KEY = 'make one with python -c "import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode())"'
#: Words of the desk's address that lead somewhere else.
TAKEN = (
    "account",
    "media",
    "static",
    "i18n",
    "privacy",
    "cookie",
    "accessibilita",
    "progetti",
    "bandi",
    "candidature",
    "organizzazioni",
    "donazioni",
    "mie-donazioni",
    "mie-campagne",
    "i-tuoi-dati",
    "statistiche",
    "dati-aperti",
    "come-funziona",
    "api",
    "healthz",
    "readyz",
    "metrics",
    "stripe",
)


@dataclass(frozen=True)
class Told:
    """The environment, read for questions about more than one setting; defaults are those of the settings."""

    given: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        """Return a value as it stands."""
        return self.given.get(name, default).strip()

    def says_yes(self, name: str, *, default: bool) -> bool:
        """Return a yes or no; what is neither counts as the default here, and is a fault by itself."""
        value = self.text(name)
        if value in Boolean.truthy:
            return True
        return False if value in Boolean.falsy else default

    def words(self, name: str) -> list[str]:
        """Return the words of a list."""
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    @property
    def debugs(self) -> bool:
        return self.says_yes("DEBUG", default=False)

    @property
    def is_secure(self) -> bool:
        return self.says_yes("SECURE", default=True)

    @property
    def serves(self) -> bool:
        """Say whether this is a site that citizens reach, not a trial on one machine."""
        return self.is_secure and not self.debugs

    @property
    def site(self) -> str:
        return self.text("SITE_URL", "http://127.0.0.1:8000")

    @property
    def host(self) -> str:
        """Return the site's name, or nothing when its address cannot be read."""
        try:
            return urlsplit(self.site).hostname or ""
        except ValueError:
            return ""

    @property
    def is_live(self) -> bool:
        return self.text("STRIPE_SECRET_KEY").startswith(("sk_live_", "rk_live_"))


def faults_of(given: Mapping[str, str]) -> list[str]:
    """Return every reason for which a site so told cannot start: one sentence each, beginning with the setting's name."""
    told = Told(given)
    found = [f"{name} is missing: {how}." for name, how in NEEDED.items() if name not in given]
    for name, read in READERS.items():
        if name in given:
            try:
                read(given[name].strip())
            except Wrong as wrong:
                found.append(f"{name} {wrong}.")
    for rule in (_names, _keys, _proxies, _stripe, _mail, _tasks, _files, _buckets, _identities, _gifts):
        found += rule(told)
    return list(dict.fromkeys(found))


def cautions_of(given: Mapping[str, str]) -> list[str]:
    """Return what lets a site start and is hardly meant, on a site that citizens reach."""
    told = Told(given)
    return list(_odd(told)) if told.serves else []


def _names(told: Told) -> Iterator[str]:
    """Look at the names under which the site is reached."""
    if told.is_secure and not told.site.startswith("https://") and "SITE_URL" in told.given:
        yield "SITE_URL begins with https:// when SECURE is true; only a local trial sets SECURE=false."
    if told.debugs and told.host and told.host not in LOCAL:
        yield f"DEBUG is true, and others reach {told.host}: errors would show them the inside. Take it out."
    if told.debugs:
        return
    if told.is_secure and "SITE_URL" not in told.given:
        yield "SITE_URL is missing: the address as people type it, like https://crowdfunding.example.org."
    hosts = told.words("ALLOWED_HOSTS")
    if told.is_secure and not hosts:
        yield "ALLOWED_HOSTS is empty: the names under which the site is reached, separated by commas."
    if told.is_secure and "*" in hosts:
        yield "ALLOWED_HOSTS lets anybody choose the site's name with *: name the hosts."
    elif "SITE_URL" in told.given and hosts and not any(_covers(name, told.host) for name in hosts):
        yield f"ALLOWED_HOSTS does not name {told.host}, the host of SITE_URL."


def _covers(name: str, host: str) -> bool:
    """Say whether a name of ALLOWED_HOSTS lets a host in."""
    name = name.lower().rstrip(".")
    return name in ("*", host) or (name.startswith(".") and (host.endswith(name) or host == name[1:]))


def _keys(told: Told) -> Iterator[str]:
    """Look at what signs and what seals."""
    if told.serves and 0 < len(told.text("SECRET_KEY")) < SECRET_LETTERS:
        yield f"SECRET_KEY has fewer than {SECRET_LETTERS} signs, so it can be guessed: {NEEDED['SECRET_KEY']}."
    if not told.debugs and not told.words("SEALING_KEYS"):
        yield f"SEALING_KEYS is empty, so bank accounts could not be kept: {MAKE_KEY}."
    if told.text("ADMIN_PATH", "gestione").strip("/") in TAKEN:
        yield f"ADMIN_PATH is {told.text('ADMIN_PATH')}, where other pages are: choose another word."


def _proxies(told: Told) -> Iterator[str]:
    """Look at the proxies: one that is not named would count every visitor as one."""
    if told.says_yes("TRUST_PROXY", default=False) and not told.words("TRUSTED_PROXIES"):
        yield "TRUSTED_PROXIES is empty, and TRUST_PROXY is true: give the proxy's address as web sees it."


def _stripe(told: Told) -> Iterator[str]:
    """Look at what could move real money by mistake."""
    if told.is_live and told.debugs:
        yield "STRIPE_SECRET_KEY is a live key while DEBUG is true: real cards would be charged. Use a test key."
    if told.is_live and not told.is_secure:
        yield "STRIPE_SECRET_KEY is a live key while SECURE is false: real gifts need https. Use a test key."
    if told.is_live and told.text("STRIPE_API_BASE"):
        yield "STRIPE_API_BASE is set beside a live key: real gifts would be sent elsewhere. Leave it empty."


def _mail(told: Told) -> Iterator[str]:
    """Look at whether people can be written to, and can write back."""
    if told.serves and not told.text("EMAIL_URL"):
        yield "EMAIL_URL is empty: no receipt would leave; like smtp://person:password@host:587/?tls=true."
    if told.serves and "CONTACT_EMAIL" not in told.given:
        yield "CONTACT_EMAIL is missing: where citizens write, and where barriers and weaknesses are reported."


def _tasks(told: Told) -> Iterator[str]:
    """Look at when a task is given to another worker: a task may run for 120 seconds, and would run twice."""
    value = told.text("CELERY_VISIBILITY_TIMEOUT", "300")
    if told.serves and value.isdigit() and int(value) <= LONGEST_TASK_SECONDS:
        yield f"CELERY_VISIBILITY_TIMEOUT is above {LONGEST_TASK_SECONDS}: a task that still runs would be run once more."


def _files(told: Told) -> Iterator[str]:
    """Look at where files lie."""
    public, private = (
        PurePath(told.text("MEDIA_ROOT", "media")),
        PurePath(told.text("PRIVATE_ROOT", "private")),
    )
    if private == public or public in private.parents:
        yield "PRIVATE_ROOT lies in MEDIA_ROOT, which a proxy may serve to everybody: move it."


def _buckets(told: Told) -> Iterator[str]:
    """Look at the buckets: private papers lie where nobody else reads, and not half of the files on a machine's own disk."""
    public, private = told.text("S3_PUBLIC_BUCKET"), told.text("S3_PRIVATE_BUCKET")
    if bool(public) != bool(private):
        missing = "S3_PUBLIC_BUCKET" if private else "S3_PRIVATE_BUCKET"
        yield f"{missing} is empty, and the other bucket is set: name two, or none."
    elif public and public == private:
        yield "S3_PRIVATE_BUCKET is the public one too, whose readers could open private papers: make a second one."


def _identities(told: Told) -> Iterator[str]:
    """Look at what an identity provider needs in whole, and at a duty that nobody could fulfil; docs/sign-in.md."""
    providers = [name for name in ("SPID", "CIE") if told.text(f"{name}_DISCOVERY")]
    for name in providers:
        if not told.text(f"{name}_CLIENT_ID"):
            yield f"{name}_CLIENT_ID is empty: the name that the provider knows the city by."
        if not (told.text(f"{name}_CLIENT_SECRET") or told.text(f"{name}_PRIVATE_KEY")):
            yield f"{name}_CLIENT_SECRET is empty, and so is {name}_PRIVATE_KEY: one of both is needed."
        if told.is_secure and not told.text(f"{name}_DISCOVERY").startswith("https://"):
            yield f"{name}_DISCOVERY begins with https:// when SECURE is true."
    if told.words("SPID_REQUIRED_FOR") and not providers:
        yield "SPID_REQUIRED_FOR names roles, and neither SPID_DISCOVERY nor CIE_DISCOVERY is set: nobody of them gets in."


def _gifts(told: Told) -> Iterator[str]:
    """Look at the ages between which the form of a gift is taken."""
    least, most = told.text("GIFT_FORM_LEAST_SECONDS", "3"), told.text("GIFT_FORM_MOST_SECONDS", "7200")
    if least.isdigit() and most.isdigit() and int(least) >= int(most):
        yield "GIFT_FORM_LEAST_SECONDS is not below GIFT_FORM_MOST_SECONDS: no form could ever be sent."


def _odd(told: Told) -> Iterator[str]:
    """Look at what a trial would say, on a site that looks like a city's."""
    if told.text("STRIPE_SECRET_KEY").startswith(("sk_test_", "rk_test_")):
        yield "STRIPE_SECRET_KEY is a test key: no card is charged, and every gift is a trial."
    scheme = told.text("EMAIL_URL").partition(":")[0]
    if scheme in HOME_MAIL:
        yield f"EMAIL_URL begins with {scheme}: mails stay on this machine."
    for name in ("CONTACT_EMAIL", "DEFAULT_FROM_EMAIL"):
        if parseaddr(told.text(name, "crowdfunding@example.org"))[1].endswith("@example.org"):
            yield f"{name} is the example's address: nobody reads what is written to it."
    if told.is_secure and not told.says_yes("TRUST_PROXY", default=False):
        yield "TRUST_PROXY is false: behind a proxy that ends HTTPS every page would redirect to itself."
