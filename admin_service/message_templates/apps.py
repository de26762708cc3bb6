"""The app's name in the desk; the default texts come with the migrations."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class MessageTemplatesConfig(AppConfig):
    """Named for people."""

    name = "message_templates"
    # what installations' migrations, permissions and addresses know it by
    label = "wording"
    verbose_name = _("Interviews")

    def ready(self) -> None:
        """Default texts that an installation does not have yet are put in after its migrations."""
        from message_templates.services.seeding import seed_defaults

        post_migrate.connect(seed_defaults, sender=self, dispatch_uid="message_templates.services.seeding")
