"""Be a local Stripe: a process of its own that the official library talks to, for demo and tests."""
