"""The shared cache in Redis, which goes on in the process's own memory while Redis is away."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

TIMEOUT = 1
"""Seconds that a page waits for Redis."""
ASK_AGAIN_AFTER = 10
"""Seconds without Redis before it is asked again, so that not every page waits."""


class SteadyRedisCache(RedisCache):
    """As Django's, but a Redis that is away or refuses raises nothing: the memory of this process stands in.

    What counts here are the attempts to sign in. In memory they are still counted, in each process for itself, so that
    the limits hold, multiplied by the number of processes. See docs/decisions, sign-in-while-redis-is-away.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {
            "socket_connect_timeout": TIMEOUT,
            "socket_timeout": TIMEOUT,
            "retry": Retry(NoBackoff(), 1),  # mends a connection that a restart has cut
            **params.get("OPTIONS", {}),
        }
        super().__init__(server, {**params, "OPTIONS": options})
        self._server = server
        self._memory = LocMemCache(
            f"standing in for {server}", {k: v for k, v in params.items() if k != "OPTIONS"}
        )

    def _ask(self, verb: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= _away_until.get(self._server, 0.0):
            try:
                return getattr(RedisCache, verb)(self, *args, **kwargs)
            except (RedisError, OSError) as error:
                _away_until[self._server] = time.monotonic() + ASK_AGAIN_AFTER
                logger.error(
                    "Redis is away (%s): limits are counted in this process for %s seconds",
                    type(error).__name__,
                    ASK_AGAIN_AFTER,
                )
        return getattr(self._memory, verb)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("delete", *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get_many", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("has_key", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("incr", *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("delete_many", *args, **kwargs)

    def clear(self) -> Any:
        return self._ask("clear")


_away_until: dict[str, float] = {}
"""By server, the moment (monotonic seconds) before which it is not asked; for all threads, which have a cache object each."""
