"""The migration that puts stored values right, on values of before there was a rule."""

from importlib import import_module

from django.apps import apps
from django.db import connection

from common.mongo import collection
from people.models import Candidate, City, Recruiter

MIGRATION = import_module("people.migrations.0005_right_values")


def test_stored_values_are_put_right_where_it_is_clear_how(moscow: City, olga: Recruiter, maria: Candidate) -> None:
    """Guard: ``put_right``. What is not clear is left for staff to see, and not told meanwhile."""
    City.objects.create(name="Омск", contact_url="https://localhost")
    collection("cities").update_one(
        {"_id": moscow.pk}, {"$set": {"name": "Мос\u2028ква", "contact_url": "HTTPS://t.me/anna"}}
    )
    collection("recruiters").update_one({"_id": olga.pk}, {"$set": {"username": "olga s"}})
    collection("users").update_one({"_id": maria.pk}, {"$set": {"first_name": "Мария\nЗапись отменена"}})
    Candidate.objects.create(first_name="Ждём", username="a b")

    with connection.schema_editor() as editor:
        MIGRATION.put_right(apps, editor)

    assert {(city.name, city.contact_url) for city in City.objects.all()} == {
        ("Мос ква", "https://t.me/anna"),
        ("Омск", "https://localhost"),
    }
    assert Recruiter.objects.get(pk=olga.pk).username == ""
    assert Candidate.objects.get(pk=maria.pk).first_name == "Мария Запись отменена"
    assert Candidate.objects.filter(username="a b").count() == 1
