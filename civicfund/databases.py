"""Which databases there are: the one with the truth, a direct line past a pooler, a replica for public pages.

What a session may rely on is told here. Behind PgBouncer in transaction mode a session is nobody's: the timeouts are then
settings of the role (`manage.py prepare_database`), and what belongs to one session goes over the direct line.
"""

from typing import Any

from environs import Env

DEFAULT, DIRECT, REPLICA = "default", "direct", "replica"
#: How long a statement may wait for another one's lock. The order of awards in calls without reservations counts on it:
#: a campaign is looked at only when no transaction that began before it reached its threshold can still be running.
LOCK_TIMEOUT_SECONDS = 8
#: What every session of the application is told, or its role.
SESSION = {"lock_timeout": f"{LOCK_TIMEOUT_SECONDS}s", "statement_timeout": "30s", "timezone": "UTC"}
#: A machine that is cut off gives its locks and turns back within half a minute.
LIVELINESS = {"tcp_keepalives_idle": "15", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
#: The same, seen from this side: a server that is cut off is given up; milliseconds for what was sent and not received.
LINE = {
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
#: Connections are kept between requests, and looked at before each one.
KEPT = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def read_databases(env: Env) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES from DATABASE_URL, DIRECT_DATABASE_URL and REPLICA_DATABASE_URL."""
    default = _plain(env.dj_db_url("DATABASE_URL"))
    found = {DEFAULT: default}
    if env.str("DIRECT_DATABASE_URL", ""):
        # A cursor of the server lives in a session, and a pooler refuses options at the start of one.
        default["DISABLE_SERVER_SIDE_CURSORS"] = True
        found[DIRECT] = _told(_plain(env.dj_db_url("DIRECT_DATABASE_URL")))
        found[DIRECT]["TEST"] = {"MIRROR": DEFAULT}
    else:
        _told(default)
    if env.str("REPLICA_DATABASE_URL", ""):
        replica = _plain(env.dj_db_url("REPLICA_DATABASE_URL"))
        if DIRECT in found:
            # What leads to the first database through a pooler, leads to the second one through another.
            replica["DISABLE_SERVER_SIDE_CURSORS"] = True
        else:
            _told(replica)
        found[REPLICA] = {**replica, "TEST": {"MIRROR": DEFAULT}}
    return found


def _plain(database: dict[str, Any]) -> dict[str, Any]:
    """Return a database with what every line to one has."""
    database |= KEPT
    database["OPTIONS"] = {**database.get("OPTIONS", {}), **LINE}
    return database


def _told(database: dict[str, Any]) -> dict[str, Any]:
    """Return a database whose sessions are told what they may rely on."""
    words = {**SESSION, **LIVELINESS}
    database["OPTIONS"]["options"] = " ".join(f"-c {name}={value}" for name, value in words.items())
    return database
