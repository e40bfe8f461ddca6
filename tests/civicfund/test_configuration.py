"""A site that is told what cannot work does not start, and says everything that is wrong at once."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks

from checks.architecture import ROOT
from civicfund.configuration.start import Misconfigured, given, refuse_faults
from civicfund.configuration.together import cautions_of, faults_of
from civicfund.configuration.values import READERS

KEY = "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtISE="
#: What a city says when everything is as it should be.
CITY = {
    "SECRET_KEY": "x" * 64,
    "ALLOWED_HOSTS": "crowdfunding.city.example",
    "SITE_URL": "https://crowdfunding.city.example",
    "TRUST_PROXY": "true",
    "TRUSTED_PROXIES": "172.16.0.0/12",
    "CONTACT_EMAIL": "desk@city.example",
    "DATABASE_URL": "postgresql://civicfund_app:secret@database:5432/civicfund",
    "REDIS_URL": "redis://broker:6379/0",
    "SEALING_KEYS": KEY,
    "STRIPE_SECRET_KEY": "rk_live_invented",
    "STRIPE_WEBHOOK_SECRETS": "whsec_a,whsec_b",
    "EMAIL_URL": "smtp://person:word@mail.city.example:587/?tls=true",
    "DEFAULT_FROM_EMAIL": "Crowdfunding <desk@city.example>",
}
#: What a trial on one machine says.
TRIAL = {
    "SECRET_KEY": "short",
    "SECURE": "false",
    "DATABASE_URL": "postgresql://127.0.0.1/civicfund",
    "REDIS_URL": "redis://127.0.0.1",
    "SEALING_KEYS": KEY,
    "STRIPE_SECRET_KEY": "sk_test_invented",
    "STRIPE_WEBHOOK_SECRETS": "whsec_a",
}

#: A provider as a city configures it.
SPID = {
    "SPID_DISCOVERY": "https://spid.example/.well-known/openid-configuration",
    "SPID_CLIENT_ID": "city",
    "SPID_CLIENT_SECRET": "word",
}

#: What a site says otherwise than it should, and how the one sentence about it begins.
FAULTS: list[tuple[dict[str, str], dict[str, str | None], str]] = [
    *((CITY, {name: None}, f"{name} is ") for name in CITY if name not in ("TRUST_PROXY", "DEFAULT_FROM_EMAIL")),
    (CITY, {"SECRET_KEY": ""}, "SECRET_KEY is empty: make one"),
    (CITY, {"SECRET_KEY": "password"}, "SECRET_KEY has fewer than 32 signs"),
    (CITY, {"ALLOWED_HOSTS": "https://crowdfunding.city.example, crowdfunding.city.example"}, "ALLOWED_HOSTS has names"),
    (CITY, {"ALLOWED_HOSTS": "crowdfunding.city.example, localhost:8000"}, "ALLOWED_HOSTS has names alone"),
    (CITY, {"ALLOWED_HOSTS": "other.example"}, "ALLOWED_HOSTS does not name crowdfunding.city.example"),
    (CITY, {"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS lets anybody"),
    (CITY, {"SITE_URL": "http://crowdfunding.city.example"}, "SITE_URL begins with https://"),
    (TRIAL, {"SITE_URL": "crowdfunding.city.example"}, "SITE_URL is an address like https://"),
    (CITY, {"SECURE": "perhaps"}, "SECURE is true or false, not 'perhaps'"),
    (CITY, {"TRUSTED_PROXIES": "the proxy"}, "TRUSTED_PROXIES has addresses or networks"),
    (CITY, {"ADMIN_PATH": "account"}, "ADMIN_PATH is account, where other pages are"),
    (CITY, {"ADMIN_PATH": "/"}, "ADMIN_PATH is one word"),
    (CITY, {"LOG_LEVEL": "LOUD"}, "LOG_LEVEL is one of DEBUG, INFO"),
    (CITY, {"LOG_FORMAT": "xml"}, "LOG_FORMAT is one of line, json"),
    (CITY, {"SENTRY_DSN": "sentry.example"}, "SENTRY_DSN is as Sentry gives it"),
    (CITY, {"STRIPE_TASKS_AT_ONCE": "0"}, "STRIPE_TASKS_AT_ONCE is a whole number from 1 on"),
    (CITY, {"CELERY_VISIBILITY_TIMEOUT": "60"}, "CELERY_VISIBILITY_TIMEOUT is above 120"),
    (CITY, {"CONTACT_EMAIL": ""}, "CONTACT_EMAIL is empty"),
    (CITY, {"CONTACT_EMAIL": "the desk"}, "CONTACT_EMAIL is an e-mail address"),
    (TRIAL, {"CONTACT_EMAIL": ""}, "CONTACT_EMAIL is empty"),
    (CITY, {"PRIVACY_URL": "the town hall"}, "PRIVACY_URL is an address like"),
    (CITY, {"DATABASE_URL": "mysql://database/civicfund"}, "DATABASE_URL begins with postgresql://"),
    (CITY, {"DATABASE_URL": "postgresql://database:5432/"}, "DATABASE_URL ends with the database's name"),
    (CITY, {"DATABASE_URL": "postgresql://app:a#b@database/civicfund"}, "DATABASE_URL "),
    (CITY, {"DATABASE_URL": "postgresql://app:a/b@database/civicfund"}, "DATABASE_URL "),
    (CITY, {"DATABASE_URL": "postgresql://app@database:five/civicfund"}, "DATABASE_URL is no address: its port"),
    (CITY, {"S3_PUBLIC_BUCKET": "a"}, "S3_PRIVATE_BUCKET is empty, and the other bucket is set"),
    (CITY, {"S3_PRIVATE_BUCKET": "a"}, "S3_PUBLIC_BUCKET is empty, and the other bucket is set"),
    (CITY, {"S3_PUBLIC_BUCKET": "a", "S3_PRIVATE_BUCKET": "a"}, "S3_PRIVATE_BUCKET is the public one too"),
    (CITY, {**SPID, "SPID_CLIENT_ID": ""}, "SPID_CLIENT_ID is empty"),
    (CITY, {**SPID, "SPID_CLIENT_SECRET": ""}, "SPID_CLIENT_SECRET is empty"),
    (CITY, {**SPID, "SPID_DISCOVERY": "http://spid.example/a"}, "SPID_DISCOVERY begins with https://"),
    (CITY, {"SPID_REQUIRED_FOR": "staff"}, "SPID_REQUIRED_FOR names roles"),
    (CITY, {"REDIS_URL": "broker:6379"}, "REDIS_URL begins with redis://"),
    (CITY, {"REDIS_URL": "redis://broker:6379/zero"}, "REDIS_URL is a host and the number"),
    (CITY, {"SEALING_KEYS": ""}, "SEALING_KEYS is empty, so bank accounts could not be kept"),
    (CITY, {"SEALING_KEYS": f"{KEY},short"}, "SEALING_KEYS key number 2 is not 32 bytes"),
    (CITY, {"STRIPE_SECRET_KEY": "pk_live_invented"}, "STRIPE_SECRET_KEY is a publishable key"),
    (CITY, {"STRIPE_SECRET_KEY": ""}, "STRIPE_SECRET_KEY is no key of Stripe's"),
    (CITY, {"DEBUG": "true", "SITE_URL": "https://localhost"}, "STRIPE_SECRET_KEY is a live key while DEBUG is true"),
    (TRIAL, {"STRIPE_SECRET_KEY": "sk_live_x"}, "STRIPE_SECRET_KEY is a live key while SECURE is false"),
    (CITY, {"STRIPE_API_BASE": "https://elsewhere.example"}, "STRIPE_API_BASE is set beside a live key"),
    (CITY, {"STRIPE_WEBHOOK_SECRETS": "secret"}, "STRIPE_WEBHOOK_SECRETS has a word that is no signing secret"),
    (CITY, {"STRIPE_DESCRIPTOR_PREFIX": "Milano civica"}, "STRIPE_DESCRIPTOR_PREFIX is 2 to 10 capitals"),
    (CITY, {"CHECKOUT_HOSTS": "checkout.stripe.com"}, "CHECKOUT_HOSTS is an address like"),
    (TRIAL, {"DEBUG": "true", "SITE_URL": "http://crowdfunding.city.example"}, "DEBUG is true, and others reach"),
    (CITY, {"GIFT_LIMITS_OF_SITE": "many"}, "GIFT_LIMITS_OF_SITE is like 5/600,20/3600"),
    (CITY, {"GIFT_FORM_LEAST_SECONDS": "7200"}, "GIFT_FORM_LEAST_SECONDS is not below"),
    (CITY, {"GIFT_PAUSE_RATE_BP": "50%"}, "GIFT_PAUSE_RATE_BP is a whole number from 0 to 10000"),
    (CITY, {"MAINTENANCE_MINUTES": "half an hour"}, "MAINTENANCE_MINUTES is a whole number"),
    (CITY, {"EMAIL_URL": ""}, "EMAIL_URL is empty: no receipt would leave"),
    (CITY, {"EMAIL_URL": "mail.city.example:25"}, "EMAIL_URL begins with smtp://"),
    (CITY, {"EMAIL_URL": "smtp://"}, "EMAIL_URL names no host"),
    (CITY, {"DEFAULT_FROM_EMAIL": "Crowdfunding"}, "DEFAULT_FROM_EMAIL is "),
    (CITY, {"PAGE_CACHE_SECONDS": "60"}, "PAGE_CACHE_SECONDS is from 0 to 5 seconds"),
    (CITY, {"REPLICA_DATABASE_URL": "replica"}, "REPLICA_DATABASE_URL begins with postgresql://"),
    (CITY, {"S3_ENDPOINT_URL": "s3.example"}, "S3_ENDPOINT_URL is an address like"),
    (CITY, {"SPID_LEVEL": "4"}, "SPID_LEVEL is a whole number from 2 to 3"),
    (CITY, {"MEDIA_ROOT": "/srv/media", "PRIVATE_ROOT": "/srv/media/private"}, "PRIVATE_ROOT lies in MEDIA_ROOT"),
]  # fmt: skip


def _but(ground: dict[str, str], change: dict[str, str | None]) -> dict[str, str]:
    """Return an environment with a change, where nothing stands for a setting that is missing."""
    return {name: value for name, value in {**ground, **change}.items() if value is not None}


@pytest.mark.parametrize("ground", [CITY, TRIAL])
def test_a_site_that_says_what_it_should_starts(ground: dict[str, str]) -> None:
    assert faults_of(ground) == []
    assert cautions_of(ground) == []


@pytest.mark.parametrize(
    ("ground", "change", "begins"), FAULTS, ids=[f"{begins}{list(change)}" for _, change, begins in FAULTS]
)
def test_each_fault_has_one_sentence(
    ground: dict[str, str], change: dict[str, str | None], begins: str
) -> None:
    faults = faults_of(_but(ground, change))

    assert len(faults) == 1, faults
    assert faults[0].startswith(begins)
    with pytest.raises(Misconfigured, match="One setting must be put right"):
        refuse_faults(_but(ground, change))


def test_all_faults_are_told_at_once_and_no_secret_is() -> None:
    wrong = {
        "SECRET_KEY": "topsecret1",
        "SEALING_KEYS": "topsecret2",
        "DATABASE_URL": "mysql://app:topsecret3@database/x",
        "REDIS_URL": "http://:topsecret4@broker",
        "STRIPE_SECRET_KEY": "topsecret5",
        "STRIPE_WEBHOOK_SECRETS": "topsecret6",
        "EMAIL_URL": "imap://anna:topsecret7@mail",
        "SENTRY_DSN": "topsecret8",
    }
    faults = faults_of(_but(CITY, wrong))

    assert {fault.partition(" ")[0] for fault in faults} == set(wrong)
    assert "topsecret" not in "".join(faults)


@pytest.mark.parametrize(
    ("change", "begins"),
    [
        ({"STRIPE_SECRET_KEY": "sk_test_x"}, "STRIPE_SECRET_KEY is a test key"),
        ({"EMAIL_URL": "console://"}, "EMAIL_URL begins with console"),
        ({"CONTACT_EMAIL": "crowdfunding@example.org"}, "CONTACT_EMAIL is the example's"),
        ({"DEFAULT_FROM_EMAIL": None}, "DEFAULT_FROM_EMAIL is the example's"),
        ({"TRUST_PROXY": "false"}, "TRUST_PROXY is false"),
    ],
)
def test_what_is_hardly_meant_is_a_warning(
    change: dict[str, str | None], begins: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = _but(CITY, change)

    assert faults_of(said) == []
    assert [words.startswith(begins) for words in cautions_of(said)] == [True]
    for name in {*os.environ, *CITY} & set(READERS):
        monkeypatch.delenv(name, raising=False)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert [
        found.msg for found in run_checks(tags=["security"]) if found.id == "civicfund.W002"
    ] == cautions_of(said)


def test_the_file_beside_the_code_counts_and_the_environment_goes_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(
        "# words\nCONTACT_EMAIL=\nADMIN_PATH='ufficio'\nSITE_URL=https://file.example\n"
    )
    monkeypatch.setenv("SITE_URL", "https://environment.example")
    monkeypatch.delenv("CONTACT_EMAIL", raising=False)

    told = given(tmp_path / ".env")

    assert (told["CONTACT_EMAIL"], told["ADMIN_PATH"]) == ("", "ufficio")
    assert told["SITE_URL"] == "https://environment.example"
    assert "PATH" in given(tmp_path / "none")


@pytest.mark.parametrize(
    "door",
    [
        ["gunicorn", "civicfund.wsgi", "--bind", "127.0.0.1:0"],
        ["celery", "--app", "civicfund", "worker"],
        ["celery", "--app", "civicfund", "beat"],
        ["manage.py", "audit"],
    ],
    ids=lambda door: " ".join(door),
)
def test_every_door_refuses_with_the_same_words(door: list[str]) -> None:
    words = door if door[0].endswith(".py") else ["-m", *door]
    ours = {name: value for name, value in os.environ.items() if name not in READERS}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**ours, **CITY, "DEBUG": "true", "EMAIL_URL": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "2 things in the settings must be put right" in said
    assert "  - DEBUG is true, and others reach crowdfunding.city.example" in said
    assert "  - STRIPE_SECRET_KEY is a live key while DEBUG is true" in said
    assert 'File "' not in said, "the lines say it all"


def test_a_process_for_messages_alone_starts() -> None:
    told = {**os.environ, "ONLY_MESSAGES": "true", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [sys.executable, "-c", "import civicfund.wsgi"],
        cwd=ROOT,
        env=told,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_every_setting_that_is_no_text_is_looked_at_before_it_is_read() -> None:
    files = [path.read_text() for path in (ROOT / "civicfund").rglob("*settings.py")]
    typed = re.compile(r"env\.(?:int|bool|float|dj_db_url|dj_email_url)\(\s*\"(\w+)\"")
    needed = re.compile(r"env\.(?:str|list)\(\"(\w+)\"\)")
    read = {name for text in files for form in (typed, needed) for name in form.findall(text)}

    assert "GIFT_PUZZLE_BITS" in read and "STRIPE_SECRET_KEY" in read
    assert read <= set(READERS)
