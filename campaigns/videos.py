"""Where a video that promoters show is played: only players of known hosts, in their form that follows nobody."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

YOUTUBE = ("youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be", "www.youtube-nocookie.com")
VIMEO = ("vimeo.com", "www.vimeo.com", "player.vimeo.com")
#: What players call a video: letters, digits, dash and underscore.
NAME = re.compile(r"[\w-]{1,64}", re.ASCII)


@dataclass(frozen=True)
class Player:
    """A foreign page that plays a video: its host, and its address for a frame."""

    host: str
    frame: str


def player_of(address: str, hosts: list[str]) -> Player | None:
    """Return the player of a video's address; None when its host is not among the allowed ones or names no video."""
    parts = urlsplit(address)
    host = (parts.hostname or "").lower()
    path = [part for part in parts.path.split("/") if part]
    if parts.scheme != "https" or not path:
        return None
    if host in YOUTUBE:
        named = parse_qs(parts.query).get("v", [path[-1]])[0]
        player = Player("www.youtube-nocookie.com", f"/embed/{named}?rel=0")
    elif host in VIMEO:
        named = path[-1] if path[-1].isdecimal() else ""
        player = Player("player.vimeo.com", f"/video/{named}?dnt=1")
    else:
        # PeerTube, which many cities and public broadcasters run themselves.
        named = path[-1] if path[0] in ("w", "videos") else ""
        player = Player(host, f"/videos/embed/{named}")
    if player.host not in hosts or not NAME.fullmatch(named):
        return None
    return Player(player.host, f"https://{player.host}{player.frame}")
