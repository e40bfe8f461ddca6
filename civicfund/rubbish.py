"""How often Python looks for objects that only name each other: rarely, and not among what is loaded for good.

Everything else is given up the moment nobody names it. By its own rule Python goes through the 200,000 objects of a start
again and again while it loads them, a sixth of the start; later it takes half a millisecond of a gift.
"""

import gc

#: New objects, less those given up, after which the youngest are looked at; the older ones each tenth time, as usual.
NEW_OBJECTS = 50_000


def look_rarely() -> None:
    """Look for rubbish only after many new objects."""
    gc.set_threshold(NEW_OBJECTS, 10, 10)


def keep_what_is_loaded() -> None:
    """Never look at what exists now; processes that are forked from this one go on sharing it."""
    gc.freeze()
