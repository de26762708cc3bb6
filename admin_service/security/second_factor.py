"""The second step of a login: codes of an app (TOTP, RFC 6238) and recovery codes for when it is lost.

The arithmetic is django-otp's. Its models are not used: they look devices up by whole-number ids and keep two requests
from using one code by locking rows, and MongoDB's backend has neither. Here one conditional update decides.
"""

import base64
import re
import secrets
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.crypto import salted_hmac
from django_otp.oath import TOTP

from common import clock
from common.mongo import collection
from common.roles import GROUPS, Role
from security import journal
from security.models import SecondFactor
from security.sessions import end_sessions

ISSUER = "Slotdesk"
RECOVERY_CODES = 10
_KEY_BYTES = 20
_STEP_SECONDS = 30
_TOLERANCE = 1
"""Steps that a phone's clock may be ahead or behind."""
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_HALF = 5
_CODE = re.compile(r"[0-9]{6}")


def new_key() -> str:
    """A secret for an app, in hexadecimal."""
    return secrets.token_hex(_KEY_BYTES)


def readable(key: str) -> str:
    """The key as people type it into an app, in groups of four."""
    text = base64.b32encode(bytes.fromhex(key)).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def app_address(key: str, login: str) -> str:
    """What the QR code says: apps take it over."""
    asked = {"secret": readable(key).replace(" ", ""), "issuer": ISSUER, "digits": 6, "period": _STEP_SECONDS}
    return f"otpauth://totp/{quote(f'{ISSUER}:{login}')}?{urlencode(asked)}"


def has_second_factor(user: User) -> bool:
    """Whether the login asks for a code."""
    return SecondFactor.objects.filter(user_id=user.pk).exists()


def must_have(user: User) -> bool:
    """Whether the installation wants one of this login: ``REQUIRE_TOTP_FOR_ADMINISTRATORS``."""
    if not settings.ENV.require_totp_for_administrators:
        return False
    return user.is_superuser or user.groups.filter(name=GROUPS[Role.ADMINISTRATOR]).exists()


def turn_on(user: User, key: str, code: str, *, session_key: str | None) -> list[str] | None:
    """Ask for codes from now on; other sessions end.

    Returns:
        Recovery codes, to be shown once; None if the code is not this key's, or there is a second step already.
    """
    step = _step_of(key, code, after=-1)
    if step is None or has_second_factor(user):
        return None
    codes = _new_codes()
    SecondFactor.objects.create(user=user, key=key, last_step=step, recovery=[_hashed(user.pk, one) for one in codes])
    journal.note("second_step_on", user)
    end_sessions(user, but=session_key)
    return codes


def accept(user: User, typed: str) -> bool:
    """Whether this is the login's code now, or one of its recovery codes. Either is accepted once."""
    factor = SecondFactor.objects.filter(user_id=user.pk).first()
    if factor is None:
        return False
    step = _step_of(factor.key, typed, after=factor.last_step)
    if step is not None:
        unused = {"_id": factor.pk, "last_step": {"$lt": step}}
        return _changed(unused, {"$set": {"last_step": step, "updated_at": clock.now()}})
    hashed = _hashed(user.pk, typed)
    unused = {"_id": factor.pk, "recovery": hashed}
    if not _changed(unused, {"$pull": {"recovery": hashed}, "$set": {"updated_at": clock.now()}}):
        return False
    journal.note("recovery_code_used", user, actor=f"staff:{user.get_username()}", after={"left": codes_left(user)})
    return True


def codes_left(user: User) -> int:
    """How many recovery codes have not been used."""
    factor = SecondFactor.objects.filter(user_id=user.pk).first()
    return len(factor.recovery) if factor else 0


def renew_codes(user: User) -> list[str]:
    """New recovery codes, to be shown once; the earlier ones end."""
    codes = _new_codes()
    hashed = [_hashed(user.pk, one) for one in codes]
    SecondFactor.objects.filter(user_id=user.pk).update(recovery=hashed)
    journal.note("recovery_codes_renewed", user)
    return codes


def turn_off(user: User, *, action: str = "second_step_off") -> bool:
    """Ask for no code any more; ``action``: what the trail calls it. False where there was none."""
    if not SecondFactor.objects.filter(user_id=user.pk).delete()[0]:
        return False
    journal.note(action, user)
    return True


def _step_of(key: str, typed: str, *, after: int) -> int | None:
    """The time step whose code was typed, if it is about now and later than ``after``."""
    digits = re.sub(r"\s", "", typed)
    if not _CODE.fullmatch(digits):
        return None
    totp = TOTP(bytes.fromhex(key), _STEP_SECONDS)
    totp.time = clock.now().timestamp()
    return totp.t() if totp.verify(int(digits), _TOLERANCE, after + 1) else None


def _changed(condition: dict[str, Any], change: dict[str, Any]) -> bool:
    return bool(collection("second_factors").update_one(condition, change).modified_count)


def _new_codes() -> list[str]:
    def half() -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(_HALF))

    return [f"{half()}-{half()}" for _ in range(RECOVERY_CODES)]


def _hashed(user_id: Any, code: str) -> str:
    plain = re.sub(r"[\s-]", "", code).lower()
    return salted_hmac("security.recovery", f"{user_id}:{plain}", algorithm="sha256").hexdigest()
