"""Settings of signing in with more than a password; `civicfund/settings.py` takes them in."""

from marshmallow.validate import ContainsOnly

from civicfund.configuration.start import env
from civicfund.identity_settings import read_key, read_providers

#: Whether people of the staff need a second factor; docs/decisions/0035-roles-and-second-factor.md. Only demo and tests
#: switch it off, and `manage.py check --deploy` warns of it.
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", True)
#: How long after signing in what moves money or publishes asks for nothing more, in seconds.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * env.int("FRESH_LOGIN_MINUTES", 15)
#: How long a session may last: everybody's from signing in on, the staff's also from the last page on; 0 never asks.
SESSION_LONGEST_SECONDS = 86_400 * env.int("SESSION_DAYS", 14)
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

# --- SPID and CIE: docs/sign-in.md ----------------------------------------------------------------------------------------

#: The identity providers of the city; empty: nobody is offered any.
IDENTITY_PROVIDERS = read_providers()
SOCIALACCOUNT_ADAPTER = "accounts.identity.adapter.IdentityAdapter"
#: An address that an identity provider tells is written by nobody we know: it joins nothing and is confirmed by mail.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 8
#: Who has to sign in with one of them: "promoter" for people who act for a body, "staff" for the desk. Donors never.
SPID_REQUIRED_FOR = env.list("SPID_REQUIRED_FOR", [], validate=ContainsOnly(["promoter", "staff"]))
#: Origins of the pages that signing in leads to, for the forms of our own pages.
IDENTITY_ORIGINS = sorted({origin for one in IDENTITY_PROVIDERS for origin in one["settings"]["origins"]})
#: What a person's tax code is digested with; a change of it makes every identity unknown.
IDENTITY_KEY = read_key(env.str("SECRET_KEY"))
