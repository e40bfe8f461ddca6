"""The files around the code say what they must: image, services, description, registries and paths."""

import fnmatch
import re
import subprocess

import pytest
import yaml
from django.conf import settings

from checks.architecture import ORDER, ROOT

TEXT_SUFFIXES = {
    ".css",
    ".html",
    ".js",
    ".json",
    ".md",
    ".mjs",
    ".po",
    ".py",
    ".scss",
    ".svg",
    ".toml",
    ".txt",
    ".yml",
    "",
}
#: Written in halves, so that this file does not contain what it looks for.
FOREIGN_PLACES = [
    "registry." + "npmjs",
    "registry." + "yarnpkg",
    "python" + "hosted.org",
    "py" + "pi.org",
    "deb." + "debian.org",
    "/ho" + "me/",
    "/ro" + "ot/",
]


def tracked_files():
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def foreign_places(text):
    return [place for place in FOREIGN_PLACES if place in text]


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    texts = {path: path.read_text() for path in tracked_files() if path.suffix in TEXT_SUFFIXES}

    assert {str(path): found for path, text in texts.items() if (found := foreign_places(text))} == {}


@pytest.mark.parametrize("place", FOREIGN_PLACES)
def test_foreign_places_finds_each(place):
    assert foreign_places(f"see {place}x") == [place]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_compose_runs_every_part_of_the_platform(compose):
    parts = {"database", "broker", "migrate", "web", "front", "messages", "worker", "beat"}
    assert set(compose["services"]) == parts


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_compose_service_may_run_several_times(compose, name):
    service = compose["services"][name]

    # Two of them would want one port, one name or one address.
    assert not {"ports", "container_name", "hostname", "networks", "extra_hosts"} & set(service)
    # What several write together holds files under names of their own; the clock's file is written by the clock alone.
    shared = {volume.partition(":")[0] for volume in service["volumes"]}
    assert shared == ({"beat"} if name == "beat" else {"media", "private"})
    assert service["read_only"]
    if name == "worker":
        # Each is asked by its own name.
        assert "celery@$$HOSTNAME" in service["healthcheck"]["test"][1]


def test_compose_front_leads_to_services_that_are_there(compose):
    front = (ROOT / "deploy" / "front.conf").read_text()
    places = dict(re.findall(r"location (?:= )?(\S+) \{\s+set \$\w+ (\w+);", front))

    assert places == {"/stripe/webhook/": "messages", "/": "web"}
    assert "error_page 502 504 = @meanwhile;" in front
    assert "./deploy/front.conf:/etc/nginx/conf.d/default.conf:ro" in compose["services"]["front"]["volumes"]
    # Resolved while it runs, or a process that comes later is never asked.
    assert "resolver 127.0.0.11" in front
    assert len(re.findall(r"proxy_pass http://\$", front)) == len(places) + 1
    for name, command in ((name, compose["services"][name].get("command")) for name in places.values()):
        assert command is None or "0.0.0.0:8000" in command, name


def test_nothing_that_is_shared_lies_on_one_machine():
    """Sessions, cache, messages between processes and turns lie where every process reaches them."""
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
    assert settings.CACHES["default"]["BACKEND"].endswith("RedisCache")
    assert settings.CELERY_BROKER_URL == settings.REDIS_URL
    assert set(settings.STORAGES) == {"default", "private", "staticfiles"}


@pytest.mark.parametrize("name", ["web", "messages", "worker", "beat"])
def test_compose_service_waits_for_the_migrated_database(compose, name):
    conditions = {on: how["condition"] for on, how in compose["services"][name]["depends_on"].items()}

    assert conditions == {
        "database": "service_healthy",
        "broker": "service_healthy",
        "migrate": "service_completed_successfully",
    }


@pytest.mark.parametrize("name", ["web", "messages", "worker", "beat"])
def test_compose_service_acts_as_the_restricted_role(compose, name):
    url = compose["services"][name]["environment"]["DATABASE_URL"]

    assert url.startswith("postgresql://civicfund_app:${APP_DATABASE_PASSWORD")


def test_compose_migrates_as_the_owner_once(compose):
    migrate = compose["services"]["migrate"]

    assert migrate["environment"]["DATABASE_URL"].startswith("postgresql://civicfund_owner:")
    assert migrate["restart"] == "no"


@pytest.mark.parametrize("name", ["database", "broker", "worker", "beat"])
def test_compose_service_has_a_health_check(compose, name):
    assert compose["services"][name]["healthcheck"]["test"]


def test_compose_keeps_secrets_out(compose):
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            secret = re.search(r"PASSWORD|SECRET|_KEY", name) or re.search(r"//[^/]*:[^/]*@", str(value))
            assert not secret or "${" in value, name


def test_dockerfile_runs_as_an_unprivileged_user_with_a_health_check():
    stages = (ROOT / "Dockerfile").read_text().split("\nFROM ")

    assert re.search(r"^USER civicfund$", stages[-1], flags=re.MULTILINE)
    assert "HEALTHCHECK" in stages[-1]
    assert stages[-1].index("USER civicfund") < stages[-1].index('CMD ["gunicorn"')


def patterns_of_dockerignore():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(
    "name",
    [
        "stripe_twin",
        "identity_twin",
        "demo",
        "benchmarks",
        "tests",
        ".env",
        ".git",
        "var",
        ".venv",
        "media",
        "private",
    ],
)
def test_image_leaves_out(name):
    assert any(fnmatch.fnmatch(name, pattern) for pattern in patterns_of_dockerignore())


@pytest.mark.parametrize("name", [*ORDER, "manage.py", "templates", "static", "locale", "requirements.txt"])
def test_image_takes_in(name):
    assert not any(fnmatch.fnmatch(name, pattern) for pattern in patterns_of_dockerignore())


def test_publiccode_has_the_keys_of_the_standard():
    description = yaml.safe_load((ROOT / "publiccode.yml").read_text())

    assert description["legal"]["license"] == "EUPL-1.2"
    assert description["maintenance"]["type"] in ("internal", "contract", "community", "none")
    assert description["maintenance"]["contacts"][0]["name"]
    assert set(description["localisation"]["availableLanguages"]) == {"it", "en"}
    for key in ("publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType"):
        assert description[key]


@pytest.mark.parametrize("language", ["it", "en"])
def test_publiccode_describes_the_software_at_the_length_of_the_standard(language):
    text = yaml.safe_load((ROOT / "publiccode.yml").read_text())["description"][language]

    assert len(text["shortDescription"]) <= 150
    assert 150 <= len(text["longDescription"]) <= 10_000
    assert all(len(feature) <= 100 for feature in text["features"])


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-scan.txt"])
def test_requirement_is_pinned_and_says_why(name):
    lines = (ROOT / name).read_text().splitlines()
    packages = [line for line in lines if line and not line.startswith(("#", "-r"))]

    assert [line for line in packages if not re.match(r"[\w.\[\],-]+==\d[\w.*]*\s+# \S", line)] == []
    assert packages


def test_ci_runs_tests_and_checks():
    steps = (ROOT / ".ci" / "run").read_text()

    assert "set -euo pipefail" in steps
    assert steps.index("make test") < steps.index("make lint")
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
