"""The trail: who has changed what, when, why and by which page or program, and who has taken which list away.

PostgreSQL writes the changes itself, by triggers on the tables that `matching/trail.py` names; what is said here about the
edges (`context`) reaches them with each statement. docs/decisions/0039-the-trail.md
"""
