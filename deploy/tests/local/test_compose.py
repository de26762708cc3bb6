"""docker-compose.yml: valid by the specification's own schema, and the same as the local servers."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from local import compose
from local.layout import REPOSITORY, Home, Ports
from local.servers import rabbitmq, redis_server
from local.services import gateway

COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVERS = {"mongodb", "mongodb-setup", "rabbitmq", "redis"}
APPLICATIONS = {"gateway", "admin-setup", "web", "api", "consumer", "relay", "worker", "beat", "bot-setup", "bot"}


def test_the_file_is_valid_by_the_compose_specification() -> None:
    schema = json.loads(Path(__file__).with_name("compose-spec.json").read_text())
    jsonschema.Draft7Validator(schema).validate(COMPOSE)


def test_servers_start_alone_and_both_services_with_the_profile_app() -> None:
    profiles = {name: service.get("profiles", []) for name, service in COMPOSE["services"].items()}
    assert {name for name, needed in profiles.items() if needed == []} == SERVERS
    assert {name for name, needed in profiles.items() if needed == ["app"]} == APPLICATIONS


def test_what_a_service_waits_for_exists_and_is_in_its_profile() -> None:
    for name, service in COMPOSE["services"].items():
        for needed in service.get("depends_on", {}):
            assert needed in COMPOSE["services"]
            assert needed in SERVERS or name in APPLICATIONS


def test_servers_are_published_on_this_machine_only_and_on_the_local_stacks_ports() -> None:
    ports = Ports()
    published = {name: COMPOSE["services"][name]["ports"] for name in ("mongodb", "rabbitmq", "redis")}
    assert published == {
        "mongodb": [f"127.0.0.1:${{SLOTDESK_MONGOD_PORT:-{ports.mongod}}}:27017"],
        "rabbitmq": [f"127.0.0.1:${{SLOTDESK_RABBITMQ_PORT:-{ports.rabbitmq}}}:5672"],
        "redis": [f"127.0.0.1:${{SLOTDESK_REDIS_PORT:-{ports.redis}}}:6379"],
    }


def test_of_the_services_only_the_gateway_is_published() -> None:
    published = {name for name in APPLICATIONS if COMPOSE["services"][name].get("ports")}
    assert published == {"gateway"}


def test_the_gateway_has_a_value_for_every_place_in_its_configuration(tmp_path: Path) -> None:
    """Guard: ``write_files``; the command fills in what it names, from the file that is written."""
    compose.write_files(Home.at(tmp_path))
    written = {line.partition("=")[0] for line in (tmp_path / "compose" / "gateway.env").read_text().splitlines()}
    command = COMPOSE["services"]["gateway"]["command"][-1]
    assert written == set(gateway.places())
    assert all(f" {name}" in command for name in written)


def test_every_file_that_it_reads_is_written_by_make_compose_files(tmp_path: Path) -> None:
    compose.write_files(Home.at(tmp_path))
    read = {name for service in COMPOSE["services"].values() for name in service.get("env_file", [])}
    mounted = [volume for name in ("rabbitmq", "redis") for volume in COMPOSE["services"][name]["volumes"]]
    read |= {volume.split(":")[0] for volume in mounted if volume.startswith(".")}
    for name in read:
        assert (tmp_path / name.removeprefix("./").removeprefix(".local/")).exists(), name


def test_the_brokers_definitions_hold_the_same_users_and_no_password(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    compose.write_files(home)
    text = (tmp_path / "compose" / "definitions.json").read_text()
    assert {user["name"] for user in json.loads(text)["users"]} == set(rabbitmq.PERMISSIONS)
    for secret in (tmp_path / "secrets").glob("rabbitmq_*"):
        assert secret.read_text() not in text


def test_redis_users_hold_no_password(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    compose.write_files(home)
    text = (tmp_path / "compose" / "users.acl").read_text()
    assert [line.split()[1] for line in text.splitlines()] == ["default", *redis_server.KEYS]
    for secret in (tmp_path / "secrets").glob("redis_*"):
        assert secret.read_text() not in text


def test_no_secret_is_in_the_file() -> None:
    for name, service in COMPOSE["services"].items():
        for value in service.get("environment", {}).values():
            assert value.startswith("${"), name
