"""Let wapiti and sqlmap try a running demo as anonymous, donor, promoter and officer: `make scan`.

Both come into an environment of their own under var/, as nothing of the project needs them. The demo is the one at SITE
(http://127.0.0.1:PORT); they press every button they find, so `make demo-reset` afterwards. Whatever is not local is refused.
SCAN_SECONDS=300 gives each of the eight runs more time. Reports lie in var/scan/. The exit code is 1 when one of them found
something that docs/security.md does not answer.
"""

import http.cookiejar
import json
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
import venv
from pathlib import Path
from urllib.parse import urlsplit

from checks.architecture import ROOT

SCANNERS = ROOT / "var" / "probes"
PACKAGES = ("wapiti3==3.2.*", "sqlmap==1.10.*")
FOLDER = ROOT / "var" / "scan"
PASSWORD = "milano-demo"  # noqa: S105 # nosec B105 - the demo's, for all to read
#: What can be found without a server on the internet that waits for what an attack sends out.
MODULES = (
    "sql,timesql,xss,permanentxss,exec,file,redirect,crlf,csrf,cookieflags,csp,http_headers,backup,htaccess,methods,"
    "ldap,upload"
)
PUBLIC = (
    "progetti/?q=orto&borough=7&theme=1&state=open&sort=recent&around=Lambrate&page=2",
    "bandi/?state=open",
    "statistiche/?edition=milano-2015&borough=3",
    "dati-aperti/?q=orto",
    "account/login/?next=/mie-donazioni/",
)
#: Who tries, with which address of the demo, where crawls begin, and which addresses have something to inject into.
ROLES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "anonymous": ("", ("",), PUBLIC),
    "donor": (
        "donor@example.org",
        ("mie-donazioni/", "donazioni/", "account/"),
        ("mie-donazioni/?page=1&year=2026", "donazioni/ritrova/?q=1"),
    ),
    "promoter": (
        "promoter@example.org",
        ("mie-campagne/", "candidature/", "organizzazioni/"),
        ("candidature/?page=1&state=draft", "mie-campagne/?page=1", "organizzazioni/?page=1"),
    ),
    "officer": (
        "officer@example.org",
        ("gestione/",),
        (
            "gestione/cerca/?q=orto",
            "gestione/donations/donation/?q=ada&o=1&status__exact=settled&p=1",
            "gestione/calls/application/?q=orto&queue=all&o=2",
            "gestione/civicfund/change/?person=1&model=call&since=2026-01-01&until=2026-12-31",
        ),
    ),
}  # fmt: skip
#: What a scanner finds and docs/security.md answers under "What scanners found", by the words of the report.
ANSWERED = frozenset(
    {
        # The demo has no HTTPS.
        "Secure Flag cookie",
        # The desk's library writes style attributes and evaluates expressions.
        "Content Security Policy Configuration",
    }
)


def main() -> int:
    """Run both scanners for the roles asked for; return 1 when something is found that nobody has answered."""
    site = os.environ.get("SITE", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}").rstrip("/") + "/"
    if urlsplit(site).hostname not in ("127.0.0.1", "localhost"):
        print("Only a demo on this machine is tried.", file=sys.stderr)
        return 2
    _prepare()
    new = 0
    for role in sys.argv[1:] or ROLES:
        cookies = _sign_in(site, ROLES[role][0])
        for scan in (_wapiti, _sqlmap):
            for kind, where in scan(site, role, cookies):
                answered = kind in ANSWERED
                new += not answered
                print(
                    f"{role:9} {scan.__name__[1:]:6} {'answered' if answered else 'NEW':8} {kind}: {where}",
                    flush=True,
                )
    print(f"{new} findings without an answer; reports are in {FOLDER.relative_to(ROOT)}.")
    return bool(new)


def _prepare() -> None:
    """Have both scanners in an environment of their own."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not (SCANNERS / "bin" / "wapiti").exists():
        venv.create(SCANNERS, with_pip=True)
        subprocess.run([SCANNERS / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)


def _sign_in(site: str, email: str) -> str:
    """Return the header of cookies of a person of the demo."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(f"{site}account/login/").read().decode()
    if email:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        if not token:
            raise SystemExit("the page of signing in has no form")
        fields = {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
        body = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(f"{site}account/login/", body, {"Referer": site})  # noqa: S310
        opener.open(request).read()
        if not any(cookie.name == "sessionid" for cookie in jar):
            raise SystemExit(f"{email} cannot sign in")
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def _seconds() -> int:
    return int(os.environ.get("SCAN_SECONDS", "75"))


def _wapiti(site: str, role: str, cookies: str) -> list[tuple[str, str]]:
    """Crawl as somebody and attack what was found; return each finding's kind and place."""
    starts = ROLES[role][1]
    found = [_wapiti_from(site, start, role, cookies, _seconds() // len(starts)) for start in starts]
    return list(dict.fromkeys(one for some in found for one in some))


def _wapiti_from(site: str, start: str, role: str, cookies: str, seconds: int) -> list[tuple[str, str]]:
    """Crawl what lies below one address."""
    name = f"{role}-{start.strip('/') or 'all'}"
    report, store, log = FOLDER / f"{name}.json", FOLDER / f"{name}-store", FOLDER / f"{name}.log"
    command = [
        SCANNERS / "bin" / "wapiti", "-u", f"{site}{start}", "--scope", "folder", "-m", MODULES, "-d", "4",
        "-H", f"Cookie: {cookies}", "-x", f"{site}account/logout/", "-x", f"{site}gestione/logout/",
        "--max-scan-time", str(seconds), "--max-attack-time", str(max(5, seconds // 8)), "--tasks", "4",
        "--max-links-per-page", "40", "--max-files-per-dir", "15", "--flush-session", "--store-session", store,
        "--no-bugreport", "-v", "0", "-f", "json", "-o", report,
    ]  # fmt: skip
    report.unlink(missing_ok=True)
    _run(command, log, 4 * seconds + 60)
    if not report.exists():
        return [("no report", f"see {log.name}")]
    told = json.loads(report.read_text())
    kinds = {**told["vulnerabilities"], **told["anomalies"]}
    return [
        (kind, f"{one['method']} {one['path']} {one.get('parameter') or ''} {one['info']}")
        for kind, found in kinds.items()
        for one in found
    ]


def _sqlmap(site: str, role: str, cookies: str) -> list[tuple[str, str]]:
    """Try to inject into each address of a role; return what can be injected into."""
    found = []
    for number, path in enumerate(ROLES[role][2]):
        log = FOLDER / f"{role}-sqlmap-{number}.log"
        command = [
            SCANNERS / "bin" / "sqlmap", "-u", f"{site}{path}", "--cookie", cookies, "--batch", "--level", "2",
            "--threads", "2", "--timeout", "10", "--retries", "1", "--dbms", "PostgreSQL", "--disable-coloring",
            "--flush-session", "--skip", "csrftoken,sessionid", "--time-limit", str(_seconds()),
            "--output-dir", FOLDER / f"{role}-sqlmap",
        ]  # fmt: skip
        _run(command, log, 2 * _seconds())
        if re.search(
            r"is vulnerable|identified the following injection point|appears to be '.*' injectable",
            log.read_text(),
        ):
            found.append(("SQL injection", f"{path}, see {log.name}"))
    return found


def _run(command: list[str | Path], log: Path, most: int) -> None:
    """Run a scanner and keep what it says; one that does not end is ended."""
    with log.open("w") as said:
        try:
            subprocess.run(
                command,
                stdout=said,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                timeout=most,
                check=False,
            )
        except subprocess.TimeoutExpired:
            said.write(f"\nended after {most} s\n")


if __name__ == "__main__":
    raise SystemExit(main())
