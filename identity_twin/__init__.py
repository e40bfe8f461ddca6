"""Two identity providers like SPID and CIE, for demo and tests: OpenID Connect with invented people and no network."""
