"""Where interviews are held, and whom to ask: cities, offices, the default contact, and the links to them."""

from typing import Any

from bson import ObjectId
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import NameField, StampedModel
from common.texts.names import bare_username, fold
from common.zones import MOSCOW, zone_names
from shared_contracts.fields import is_username, to_link
from shared_contracts.telegram.names import without_unseen

LINK_LENGTH = 200


def check_link(url: str) -> None:
    """Refuse what Telegram would not take as a button's link: the contract's own rule."""
    try:
        to_link(url)
    except ValueError:
        raise ValidationError(_("Type @name, or a link such as https://t.me/name.")) from None


class LinkField(models.CharField):  # type: ignore[type-arg]
    """A link that leads into a chat, however it was typed: a Telegram username is one, too."""

    default_validators = [check_link]

    def to_python(self, value: Any) -> Any:
        """As it is stored and sent."""
        text = super().to_python(value)
        try:
            return self.read(text) if text else text
        except ValueError:
            return text  # the validator says so

    def read(self, text: str) -> str:
        """The link that somebody means.

        Raises:
            ValueError: it is none.
        """
        name = bare_username(without_unseen(text))
        return f"https://t.me/{name}" if is_username(name) and not name.isdigit() else to_link(text)


def check_map_link(url: str) -> None:
    """Refuse what a browser can't open."""
    try:
        web = to_link(url).startswith("http")
    except ValueError:
        web = False
    if not web:
        raise ValidationError(_("Give the link that the map's Share button makes."))


class MapLinkField(LinkField):
    """A link to a place on a map."""

    default_validators = [check_map_link]

    def read(self, text: str) -> str:
        """A link and nothing else."""
        return to_link(text)


def check_time_zone(name: str) -> None:
    """Refuse what is not an IANA time zone, or one that depends on the machine (``localtime``, ``Factory``)."""
    if name not in zone_names() or not ("/" in name or name == "UTC"):
        raise ValidationError(
            _("“%(name)s” is not a time zone. Give one such as Europe/Moscow."), params={"name": name}
        )


def _check_name(place: "City | Office", others: "models.QuerySet[Any]", *unique: str) -> None:
    """Refuse a new name that differs from another's in capitals alone: in a list nobody could tell the two apart."""
    stored = type(place)._default_manager.filter(pk=place.pk).values_list("name", flat=True).first()
    names = others.exclude(pk=place.pk).values_list("name", flat=True)
    if place.name != stored and fold(place.name) in map(fold, names):
        raise ValidationError({"name": place.unique_error_message(type(place), unique)})


class City(StampedModel):
    """A city, its time zone, and the responsible person's link (FR7). Of one that is closed nothing is offered."""

    name = NameField(_("name"), max_length=100, unique=True)
    timezone = models.CharField(_("time zone"), max_length=64, default=MOSCOW, validators=[check_time_zone])
    contact_url = LinkField(_("contact link"), max_length=LINK_LENGTH, blank=True)
    is_active = models.BooleanField(_("open"), default=True, editable=False)

    class Meta:
        db_table = "cities"
        verbose_name = _("city")
        verbose_name_plural = _("cities")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Its name is no other city's."""
        _check_name(self, City.objects.all(), "name")


class Office(StampedModel):
    """A place that interviews are held at, and the way there. ``location`` is what people are told.

    One that is closed can't be chosen for new slots.
    """

    city_id: ObjectId

    city = models.ForeignKey(City, models.PROTECT, verbose_name=_("city"))
    name = NameField(_("name"), max_length=40)
    address = NameField(_("address"), max_length=78)
    map_link = MapLinkField(_("map link"), max_length=LINK_LENGTH, blank=True)
    directions = NameField(
        _("how to find it"), max_length=200, blank=True, help_text=_("Such as: entrance from the yard, second floor.")
    )
    is_active = models.BooleanField(_("open"), default=True, editable=False)

    class Meta:
        db_table = "offices"
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        constraints = [models.UniqueConstraint(fields=["city", "name"], name="offices_once")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Its name is no other office's of the city."""
        _check_name(self, Office.objects.filter(city_id=self.city_id), "city", "name")

    @property
    def location(self) -> str:
        """Name and address in one line, as long as a slot's location may be."""
        return f"{self.name}, {self.address}"


class ContactSettings(StampedModel):
    """The one document of people's settings: whom to ask where a city names nobody (FR7)."""

    contact_url = LinkField(_("default contact link"), max_length=LINK_LENGTH, blank=True)

    class Meta:
        db_table = "contact_settings"
        verbose_name = _("default contact")
        verbose_name_plural = _("default contact")

    def __str__(self) -> str:
        return str(self.contact_url)
