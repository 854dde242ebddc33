"""Documents in a bucket: the same promises as on a disk. A stand-in for S3 answers inside the process (moto)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from moto import mock_aws
from storages.backends.s3 import S3File

from rocket.core.bucket import BucketStorage
from rocket.core.documents import DocumentRefused, download, store_document
from rocket.core.models import Document
from rocket.core.storage import BucketAway, Documents
from rocket.demo.documents import small_pdf

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PDF = small_pdf("x")
OPTIONS = {
    "bucket_name": "portal", "region_name": "eu-central-1", "file_overwrite": False, "signature_version": "s3v4",
    "access_key": "key", "secret_key": "secret", "max_memory_size": 1024,
}  # fmt: skip
pytestmark = pytest.mark.django_db


@pytest.fixture
def bucket(settings: Any, monkeypatch: Any) -> Iterator[Any]:
    with mock_aws():
        settings.STORAGES = {
            **settings.STORAGES,
            "documents": {"BACKEND": "rocket.core.bucket.BucketStorage", "OPTIONS": OPTIONS},
        }
        monkeypatch.setattr(Document._meta.get_field("file"), "storage", Documents())
        client = boto3.client(
            "s3", region_name="eu-central-1", aws_access_key_id="key", aws_secret_access_key="secret"
        )
        client.create_bucket(
            Bucket="portal", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        yield client


def keys(client: Any) -> list[str]:
    return [entry["Key"] for entry in client.list_objects_v2(Bucket="portal").get("Contents", [])]


def store() -> Document:
    return store_document(file=SimpleUploadedFile("Plan für Münster.pdf", PDF), by=None, now=NOW)


def test_a_document_goes_to_the_bucket_and_comes_back_as_a_download(bucket: Any) -> None:
    document = Document.objects.get(pk=store().pk)
    assert keys(bucket) == [document.file.name]
    response = download(document)
    assert b"".join(response.streaming_content) == PDF
    assert "attachment" in response["Content-Disposition"]


def test_an_object_has_no_address_and_is_not_public(bucket: Any) -> None:
    document = store()
    with pytest.raises(ValueError, match="not accessible via a URL"):
        _ = document.file.url
    grants = bucket.get_object_acl(Bucket="portal", Key=document.file.name)["Grants"]
    assert [grant["Grantee"].get("URI") for grant in grants] == [None]


def test_a_bucket_that_refuses_is_told_as_a_full_disk_is(bucket: Any) -> None:
    bucket.delete_bucket(Bucket="portal")
    with pytest.raises(DocumentRefused) as refused:
        store()
    assert (refused.value.code, Document.objects.count()) == ("storage", 0)


def test_a_row_that_fails_afterwards_leaves_no_object_behind(bucket: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(Document, "save", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store()
    assert keys(bucket) == []


def test_a_bucket_that_is_away_shows_before_an_answer_has_begun(bucket: Any) -> None:
    document = store()
    bucket.delete_object(Bucket="portal", Key=document.file.name)
    with pytest.raises(FileNotFoundError):
        download(document)
    storage = BucketStorage(**{**OPTIONS, "bucket_name": "another"})
    with pytest.raises(BucketAway, match=r"^The bucket answered (404|NoSuchBucket)$"):
        storage.probe()


def test_a_bucket_that_fails_after_its_first_answer_shows_before_ours_has_begun(
    bucket: Any, monkeypatch: Any
) -> None:
    def fail(self: Any) -> Any:
        raise ClientError({"Error": {"Code": "SlowDown"}}, "GetObject")

    document = Document.objects.get(pk=store().pk)
    monkeypatch.setattr(S3File, "file", property(fail))
    with pytest.raises(BucketAway, match=r"^The bucket answered SlowDown$"):
        download(document)


def test_a_bucket_that_is_there_is_ready(bucket: Any) -> None:
    storages["documents"].probe()


def test_a_server_that_nobody_reaches_is_away() -> None:
    from botocore.config import Config

    quick = Config(connect_timeout=1, retries={"max_attempts": 0})
    storage = BucketStorage(**{**OPTIONS, "endpoint_url": "http://127.0.0.1:1", "client_config": quick})
    for ask in (
        storage.probe,
        lambda: storage.exists("x"),
        lambda: storage.open("x"),
        lambda: storage.delete("x"),
    ):
        with pytest.raises(BucketAway):
            ask()
