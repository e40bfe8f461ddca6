"""How fast the platform is beside bare programs that do the same least work: `make bench` writes docs/speed.md.

Each part writes what it has measured into var/bench/speed.json, so that the parts can be run one after the other or apart.
"""
