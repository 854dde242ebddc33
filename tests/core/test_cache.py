"""The shared cache while Redis is away: nothing fails, nothing waits long, and what is counted is counted on."""

import time

import pytest
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import ResponseError

from rocket.core import cache as module
from rocket.core.cache import ASK_AGAIN_AFTER, SteadyRedisCache

NOWHERE = "redis://127.0.0.1:1/0"  # nothing listens there


@pytest.fixture(autouse=True)
def _asked_anew():
    module._away_until.clear()
    yield
    module._away_until.clear()


@pytest.fixture
def cache():
    made = SteadyRedisCache(NOWHERE, {})
    made.clear()
    return made


def test_every_verb_goes_on_in_memory(cache):
    assert cache.add("a", 1) is True
    assert cache.add("a", 2) is False
    assert (cache.get("a"), cache.get("b", "none"), "a" in cache, "b" in cache) == (1, "none", True, False)
    assert cache.incr("a", 4) == 5
    cache.set_many({"b": [1], "c": None})
    assert cache.get_many(["a", "b", "c"]) == {"a": 5, "b": [1], "c": None}
    assert cache.touch("b", 60) is True
    assert cache.get_or_set("d", lambda: "made") == "made"
    assert cache.delete("a") is True
    cache.delete_many(["b", "c"])
    assert cache.get_many(["a", "b", "c", "d"]) == {"d": "made"}
    cache.clear()
    assert cache.get("d") is None


def test_threads_share_the_memory(cache):
    cache.set("a", 1)
    assert SteadyRedisCache(NOWHERE, {}).get("a") == 1


def test_two_servers_do_not(cache):
    cache.set("a", 1)
    assert SteadyRedisCache("redis://127.0.0.1:2/0", {}).get("a") is None


def test_redis_is_asked_again_after_a_while_and_not_before(cache, monkeypatch):
    asked, now = [], [time.monotonic() + 1000]

    def get(self, key, *args, **kwargs):
        asked.append(key)
        if len(asked) == 1:
            raise RedisAway("away")
        return "from Redis"

    monkeypatch.setattr(RedisCache, "get", get)
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    assert cache.get("a") is None
    now[0] += ASK_AGAIN_AFTER - 0.1
    assert (cache.get("b"), asked) == (None, ["a"])
    now[0] += 0.1
    assert (cache.get("c"), asked) == ("from Redis", ["a", "c"])


def test_a_redis_that_answers_with_an_error_is_as_good_as_away(cache, monkeypatch):
    def full(self, *args, **kwargs):
        raise ResponseError("OOM command not allowed")

    monkeypatch.setattr(RedisCache, "set", full)
    cache.set("a", 1)
    assert cache.get("a") == 1


def test_an_error_of_our_own_is_not_hidden(cache, monkeypatch):
    def wrong(self, *args, **kwargs):
        raise TypeError("not the server's fault")

    monkeypatch.setattr(RedisCache, "get", wrong)
    module._away_until.clear()
    with pytest.raises(TypeError):
        cache.get("a")


def test_waits_for_a_second_at_most_and_then_not_at_all():
    """An address that swallows everything: nobody answers within the timeout."""
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        cache = SteadyRedisCache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", {})
        began = time.monotonic()
        assert cache.add("a", 1) is True
        assert time.monotonic() - began < 3
        began = time.monotonic()
        assert cache.get("a") == 1
        assert time.monotonic() - began < 0.2
