"""Drops caches when the admin service says that what they hold has changed (``bot.cache.invalidate``, R6)."""

import asyncio

from interview_bot.admin_client.allow_list import AllowList
from interview_bot.admin_client.directory import Directory
from shared_contracts.notification import CacheInvalidate, CacheName


class Invalidation:
    """Handler of ``bot.cache.invalidate``. A repeat does no harm."""

    def __init__(self, directory: Directory, allow_list: AllowList, recruiters_changed: asyncio.Event) -> None:
        self._directory = directory
        self._allow_list = allow_list
        self._recruiters_changed = recruiters_changed

    async def drop(self, message: CacheInvalidate) -> None:
        """Drop the named caches; slots and events name cities and recruiters, recruiters their city's zone."""
        named = set(message.caches)
        if CacheName.ALLOWED_USERS in named:
            await self._allow_list.invalidate()
        if named & {CacheName.SLOTS, CacheName.CITIES, CacheName.RECRUITERS, CacheName.EVENTS}:
            await self._directory.slots_cache.invalidate()
        if named & {CacheName.EVENTS, CacheName.CITIES}:
            await self._directory.events_cache.invalidate()
        if named & {CacheName.RECRUITERS, CacheName.CITIES}:
            await self._directory.recruiters_cache.invalidate()
            self._recruiters_changed.set()
        if CacheName.TEMPLATES in named:
            await self._directory.templates_cache.invalidate()
        if CacheName.CITIES in named:
            await self._directory.cities_cache.invalidate()
            await self._directory.open_cities_cache.invalidate()
            await self._directory.privacy_cache.invalidate()
            await self._allow_list.invalidate(refill=True)
