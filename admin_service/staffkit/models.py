"""What staff keep of how they look at lists."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import StampedModel

NAME_LENGTH, QUERY_LENGTH = 40, 1_000


class SavedView(StampedModel):
    """A list as somebody looks at it: its search, filters and order, under a name.

    ``listed``: the label of the list's model. ``owner``: the login that keeps it; ``shared``: everybody who has that
    list is offered it, each with their own rows. ``query``: of the list's address.
    """

    listed = models.CharField(max_length=60)
    owner = models.CharField(max_length=150)
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    shared = models.BooleanField(_("for everybody"), default=False)
    query = models.CharField(max_length=QUERY_LENGTH)

    class Meta:
        db_table = "saved_views"
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        indexes = [models.Index(fields=["listed", "owner", "name"], name="saved_views_of_list")]

    def __str__(self) -> str:
        return self.name
