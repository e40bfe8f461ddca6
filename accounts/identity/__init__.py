"""Signing in with SPID and CIE, through django-allauth's OpenID Connect, with the checks the national rules ask for."""
