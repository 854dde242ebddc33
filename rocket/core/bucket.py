"""Documents in an object storage that speaks S3. Needs requirements/server.lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from s3transfer.exceptions import RetriesExceededError
from storages.backends.s3 import S3Storage

from rocket.core.storage import BucketAway


@contextmanager
def _as_os_error() -> Iterator[None]:
    """A bucket fails as a disk does, so that one place answers for both."""
    try:
        yield
    except ClientError as error:
        raise BucketAway(f"The bucket answered {error.response.get('Error', {}).get('Code', '?')}") from error
    except (BotoCoreError, Boto3Error, RetriesExceededError) as error:
        raise BucketAway(f"The bucket did not answer: {type(error).__name__}") from error


class BucketStorage(S3Storage):  # type: ignore[misc]
    """Private objects, written whole, without an address of their own: downloads go through the portal."""

    def _save(self, name: str, content: Any) -> str:
        with _as_os_error():
            return str(super()._save(name, content))

    def _open(self, name: str, mode: str = "rb") -> Any:
        """The bytes are fetched here, so that a bucket that is away shows before an answer has begun."""
        with _as_os_error():
            file = super()._open(name, mode)
            if "r" in mode:
                _ = file.file
            return file

    def delete(self, name: str) -> None:
        with _as_os_error():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _as_os_error():
            return bool(super().exists(name))

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        raise ValueError("This file is not accessible via a URL.")

    def probe(self) -> None:
        """Ask whether the bucket is there and ours. Raises ``OSError``."""
        with _as_os_error():
            self.connection.meta.client.head_bucket(Bucket=self.bucket_name)
