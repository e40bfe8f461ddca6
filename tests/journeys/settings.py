"""The production settings, with the static files in a folder of the run."""

import os
from pathlib import Path

from civicfund.settings import *  # noqa: F403 - a settings module is its names

STATIC_ROOT = Path(os.environ["JOURNEYS_FOLDER"]) / "static"
