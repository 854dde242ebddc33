"""Requests arrive at the moment of the cast, whenever the tests run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.conftest import NOW


@pytest.fixture(autouse=True)
def _moment_of_the_cast() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield
