"""Settings of signing in with more than a password; `civicfund/settings.py` takes them in."""

from pathlib import Path

from environs import Env

env = Env()
env.read_env(Path(__file__).resolve().parent.parent / ".env", recurse=False)

#: Whether people of the staff need a second factor; docs/decisions/0035-roles-and-second-factor.md. Only demo and tests
#: switch it off, and `manage.py check --deploy` warns of it.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", True)
#: How long after signing in what moves money or publishes asks for nothing more, in seconds.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * env.int("FRESH_LOGIN_MINUTES", 15)
#: How long a session may last: everybody's from signing in on, the staff's also from the last page on; 0 never asks.
SESSION_LONGEST_SECONDS = 86_400 * env.int("SESSION_DAYS", 30)
STAFF_SESSION_SECONDS = 3600 * env.int("STAFF_SESSION_HOURS", 12)
STAFF_IDLE_SECONDS = 60 * env.int("STAFF_IDLE_MINUTES", 60)
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
#: Recovery codes are shown when they are made, and never again: who sits at an open session finds none.
MFA_RECOVERY_CODES_SHOW_ONCE = True
#: A telephone's clock may be half a minute wrong.
MFA_TOTP_TOLERANCE = 1
#: Keys of browsers work only on https, but for a local trial.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not env.bool("SECURE", True)
