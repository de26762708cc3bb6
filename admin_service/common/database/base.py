"""The engine that ``DATABASES`` names."""

from django_mongodb_backend.base import DatabaseWrapper as MongoDatabase
from django_mongodb_backend.operations import DatabaseOperations as MongoOperations


class DatabaseOperations(MongoOperations):
    """MongoDB's, with the compilers of this package."""

    compiler_module = "common.database.compiler"


class DatabaseWrapper(MongoDatabase):
    """MongoDB's, but for how queries are compiled."""

    ops_class = DatabaseOperations
