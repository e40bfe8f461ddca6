"""Files on an S3-compatible storage, so that any number of machines share them; switched on by S3_PUBLIC_BUCKET.

No address of the storage ever leaves the site: public pictures keep the site's own address and are read through it, private
papers have none at all and are given out by the views that ask who wants them.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage


class NoAddress(SuspiciousOperation):
    """A private file has no address that could be shown to anybody."""


class PublicBucket(S3Storage):
    """Pictures that everybody may see, at the site's own address."""

    def url(self, name: str, *arguments: Any, **options: Any) -> str:
        """Return the site's address of a picture, never the storage's."""
        return settings.MEDIA_URL + filepath_to_uri(name)


class PrivateBucket(S3Storage):
    """Papers that only some people may open."""

    def url(self, name: str, *arguments: Any, **options: Any) -> str:
        """Raise NoAddress: a signed address would be a key that anybody may pass on."""
        raise NoAddress(name)
