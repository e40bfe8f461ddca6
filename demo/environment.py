"""The environment of the demo's processes: the same variables as in production, with invented values."""

import base64
import hashlib
import json
import os
from pathlib import Path

from demo.embedded import Engines, kept_secret
from demo.ports import Ports


def demo_environment(folder: Path, engines: Engines, ports: Ports) -> dict[str, str]:
    """Return the variables for web, worker, beat and loader, which act as the application's restricted role."""
    site, twin = f"http://127.0.0.1:{ports.web}", f"http://127.0.0.1:{ports.twin}"
    return {
        "SECRET_KEY": kept_secret(folder, "secret_key"),
        "SEALING_KEYS": _sealing_key(folder),
        "DEBUG": "false",
        "SECURE": "false",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SITE_URL": site,
        # Officers enter with a password alone; STAFF_SECOND_FACTOR=true make demo shows the second factor.
        "STAFF_SECOND_FACTOR": os.environ.get("STAFF_SECOND_FACTOR", "false"),
        # Whoever looks at the demo tries a lot in a short time.
        "GIFT_LIMITS_PER_NETWORK": "100/600,1000/3600",
        "GIFT_LIMITS_PER_EMAIL": "100/3600",
        "SEARCH_LIMITS": "1000/60",
        "EXPORT_LIMITS": "1000/60",
        "GIFT_FORM_LEAST_SECONDS": "0",
        "DATABASE_URL": engines.database_url,
        "REDIS_URL": engines.redis_url,
        "STRIPE_SECRET_KEY": "sk_test_local",
        "STRIPE_WEBHOOK_SECRETS": f"whsec_{kept_secret(folder, 'webhook_secret')}",
        "STRIPE_API_BASE": twin,
        "CHECKOUT_HOSTS": twin,
        # A leading slash is lost when the URL is read, so an absolute path needs one more.
        "EMAIL_URL": f"file:///{folder / 'mail'}",
        "MEDIA_ROOT": str(folder / "media"),
        "PRIVATE_ROOT": str(folder / "private"),
        "LOG_LEVEL": "INFO",
        **identity_environment(folder, ports),
    }


def identity_environment(folder: Path, ports: Ports) -> dict[str, str]:
    """Return the variables that offer the local SPID and CIE, if they run."""
    if not ports.identity:
        return {}
    secret = kept_secret(folder, "identity_secret")
    found = {}
    for name in ("spid", "cie"):
        prefix = name.upper()
        found[f"{prefix}_DISCOVERY"] = f"http://127.0.0.1:{ports.identity}/{name}"
        found[f"{prefix}_CLIENT_ID"] = "civicfund"
        found[f"{prefix}_CLIENT_SECRET"] = secret
    # SPID_REQUIRED_FOR=promoter,staff make demo shows what a city sees that requires it.
    return found | {"SPID_REQUIRED_FOR": os.environ.get("SPID_REQUIRED_FOR", "")}


def _sealing_key(folder: Path) -> str:
    """Return the folder's key for what the database keeps sealed."""
    digest = hashlib.sha256(kept_secret(folder, "sealing_key").encode()).digest()
    return base64.b64encode(digest).decode()


def as_owner(environment: dict[str, str], engines: Engines) -> dict[str, str]:
    """Return the same environment acting as the owner of the schema, for migrations."""
    return {**environment, "DATABASE_URL": engines.owner_database_url}


def write_environment(folder: Path, environment: dict[str, str]) -> None:
    """Keep the variables for `python -m demo.manage`, readable by their owner alone."""
    path = folder / "environment.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(environment))
