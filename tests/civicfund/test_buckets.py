"""Files on an S3-compatible storage: pictures keep the site's address, papers have none, nobody sees a signed one."""

from collections.abc import Iterator

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client, override_settings
from moto import mock_aws
from pytest_django import Settings

from campaigns.models import Campaign
from civicfund.buckets import NoAddress
from civicfund.scale_settings import ON_S3

OPTIONS = {
    "region_name": "eu-south-1",
    "access_key": "key",
    "secret_key": "secret-of-the-bucket",
    "endpoint_url": None,
}
PICTURE = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture
def buckets(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, set[str]]]:
    """Keep files in two buckets of an invented S3, and return what lies in each when asked."""
    names = {"default": "pictures", "private": "papers"}
    told = {
        alias: {
            "BACKEND": one["BACKEND"],
            "OPTIONS": {**one["OPTIONS"], **OPTIONS, "bucket_name": names[alias]},
        }
        for alias, one in ON_S3.items()
    }
    with mock_aws():
        there = boto3.client(
            "s3", region_name="eu-south-1", aws_access_key_id="key", aws_secret_access_key="x"
        )
        for name in names.values():
            there.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-south-1"})
        with override_settings(
            STORAGES={**settings.STORAGES, **told}, S3_PUBLIC_BUCKET="pictures", S3_PRIVATE_BUCKET="papers"
        ):

            class Look(dict[str, set[str]]):
                def __missing__(self, name: str) -> set[str]:
                    found = there.list_objects_v2(Bucket=name).get("Contents", [])
                    return {one["Key"] for one in found}

            yield Look()


def test_picture_lies_in_the_public_bucket_and_keeps_the_sites_address(
    buckets: dict[str, set[str]], campaign: Campaign
) -> None:
    campaign.image.save("forno-v.jpg", ContentFile(PICTURE), save=False)
    Campaign.objects.filter(pk=campaign.pk).update(image=campaign.image.name)

    assert campaign.image.name in buckets["pictures"]
    assert buckets["papers"] == set()
    assert campaign.image.url == f"/media/{campaign.image.name}"
    answer = Client().get(campaign.image.url)
    assert answer.getvalue() == PICTURE
    # Closed without the end of a request, which would close the test's own connection too.
    for close in answer._resource_closers:
        close()
    assert (answer["Content-Type"], "max-age=86400" in answer["Cache-Control"]) == ("image/jpeg", True)
    for path in ("/", "/progetti/", campaign.get_absolute_url()):
        page = Client().get(path)
        text = page.content.decode() + str(page.headers)
        assert campaign.image.url in text
        assert not [word for word in ("Signature", "amazonaws", "AWSAccess", "X-Amz") if word in text]


@pytest.mark.parametrize("path", ["campaigns/none.jpg", "campaigns/page.html", "campaigns/../papers.jpg"])
def test_what_is_no_picture_of_the_site_is_not_given_out(
    buckets: dict[str, set[str]], client: Client, path: str
) -> None:
    storages["default"].save("campaigns/page.html", ContentFile(b"<script>"))

    assert client.get(f"/media/{path}").status_code in (400, 404)


def test_paper_has_no_address(buckets: dict[str, set[str]]) -> None:
    name = storages["private"].save("evidence/a.pdf", ContentFile(b"%PDF"))

    assert buckets["papers"] == {"evidence/a.pdf"}
    assert buckets["pictures"] == set()
    with pytest.raises(NoAddress):
        storages["private"].url(name)
    assert Client().get(f"/media/{name}").status_code == 404
    with storages["private"].open(name) as file:
        assert file.read() == b"%PDF"


def test_two_files_of_one_name_stay_two(buckets: dict[str, set[str]]) -> None:
    names = {storages["private"].save("minutes/a.pdf", ContentFile(text)) for text in (b"1", b"2")}

    assert len(names) == 2
    assert buckets["papers"] == names
