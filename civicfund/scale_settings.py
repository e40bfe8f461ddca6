"""Settings of what makes the platform fast, and larger than one machine; `civicfund/settings.py` takes them in."""

from marshmallow.validate import Range

from civicfund.configuration.start import env

#: How long a page that is the same for every visitor may be shown, in seconds: at most 5; 0 makes each one anew.
PAGE_CACHE_SECONDS = env.float("PAGE_CACHE_SECONDS", 5, validate=Range(0, 5))

# --- Files on an S3-compatible storage, shared by any number of machines; without a bucket they lie on the disk ------------

#: Two buckets, or none: what everybody may see, and what only some people may open.
S3_PUBLIC_BUCKET = env.str("S3_PUBLIC_BUCKET", "")
S3_PRIVATE_BUCKET = env.str("S3_PRIVATE_BUCKET", "")
_PLACE = {
    "endpoint_url": env.str("S3_ENDPOINT_URL", "") or None,
    "region_name": env.str("S3_REGION", "") or None,
    # Without a key the machine's own role is asked.
    "access_key": env.str("S3_ACCESS_KEY", "") or None,
    "secret_key": env.str("S3_SECRET_KEY", "") or None,
    "addressing_style": env.str("S3_ADDRESSING", "auto"),
    # Two files of one name are two files.
    "file_overwrite": False,
    # Who may read is said of the bucket, never of a single file.
    "default_acl": None,
    "signature_version": "s3v4",
}
ON_S3 = {
    "default": {
        "BACKEND": "civicfund.buckets.PublicBucket",
        "OPTIONS": {**_PLACE, "bucket_name": S3_PUBLIC_BUCKET},
    },
    "private": {
        "BACKEND": "civicfund.buckets.PrivateBucket",
        "OPTIONS": {**_PLACE, "bucket_name": S3_PRIVATE_BUCKET},
    },
}
