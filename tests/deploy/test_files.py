"""The files of `deploy/` fit the program and one another. The tests have no container engine: the files for one are
parsed, and not run. `test_nginx.py` runs the configuration of nginx."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from typer.main import get_command

from api.cli.commands import app
from api.cli.serve import CLOSING_SECONDS
from api.email_confirmation.endpoints import CONFIRM_PATH
from api.files.routes import FILE_PATH, UPLOAD_PATH
from api.settings import Settings, secret_files, variable_of
from domain.retention.person import PERSON_PATH
from integrations.mongo.server import mongod
from tests.e2e.processes import PATIENCE, free_port

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
COMPOSE: Any = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
NGINX = (DEPLOY / "nginx" / "baton.conf").read_text()
CADDY = (DEPLOY / "caddy" / "Caddyfile").read_text()
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
KUSTOMIZATION: Any = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())
MANIFESTS: list[Any] = [
    manifest
    for name in KUSTOMIZATION["resources"]
    for manifest in yaml.safe_load_all((DEPLOY / "kubernetes" / name).read_text())
]
DEPLOYMENTS = {each["metadata"]["name"]: each for each in MANIFESTS if each["kind"] == "Deployment"}
SETTINGS = {*map(variable_of, Settings.model_fields), *secret_files()}
HOOKS = ("shopify", "gorgias", "zendesk", "twilio", "email")
PERMISSIONS = {"uploads", "files", "export/profile", "confirm-email", *(f"hooks/{name}" for name in HOOKS)}
COMMANDS = set(get_command(app).commands)  # type: ignore[attr-defined]


def variables(text: str) -> dict[str, str]:
    """The settings of lines like `NAME=value` in a unit, an environment file or a Dockerfile."""
    return dict(re.findall(r"\b((?:BATON_\w+)|HOST|PORT)=(\S+)", text))


def instructions(name: str) -> list[list[str]]:
    """The words of each instruction of this name in the Dockerfile."""
    joined = re.sub(r"\\\n", " ", DOCKERFILE)
    return [line.split()[1:] for line in joined.splitlines() if line.startswith(f"{name} ")]


def test_every_setting_that_is_named_exists() -> None:
    named = {
        "Dockerfile": set(variables("\n".join(" ".join(words) for words in instructions("ENV")))),
        "compose.yaml": set(COMPOSE["x-baton"]["environment"]),
        "kustomization.yaml": {line.split("=")[0] for line in KUSTOMIZATION["configMapGenerator"][0]["literals"]},
        **{path.name: set(variables(path.read_text())) for path in [*UNITS, DEPLOY / "systemd" / "baton.env"]},
    }
    assert {file: names - SETTINGS for file, names in named.items() if names - SETTINGS} == {}
    for file in ("kustomization.yaml", *(path.name for path in UNITS)):
        assert {"BATON_SECRET_FILE", "BATON_ENCRYPTION_KEY_FILE", "BATON_MONGODB_URI_FILE"} <= named[file], file
    assert not any(SETTINGS & names & {"BATON_SECRET", "BATON_ENCRYPTION_KEY"} for names in named.values())


def test_the_image_copies_what_is_there_and_what_the_build_is_given() -> None:
    given = {
        line.lstrip("!") for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[0] == "!"
    }
    copied = [source for words in instructions("COPY") if not words[0].startswith("--") for source in words[:-1]]
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert set(copied) == given
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {*wheel["packages"], *wheel["shared-data"], PROJECT["readme"]} <= given


def test_the_image_has_a_python_on_which_baton_runs() -> None:
    [[python]] = instructions("ARG")
    version = tuple(map(int, python.removeprefix("PYTHON=").split(".")))
    least = tuple(map(int, PROJECT["requires-python"].removeprefix(">=").split(".")))
    assert least <= version


def locked(path: Path) -> dict[str, str]:
    """The packages of a lock file, with their versions and hashes."""
    entries = re.findall(r"^(([\w.-]+)==.*(?:\n +--hash.*)*)", path.read_text(), re.MULTILINE)
    return {name: entry for entry, name in entries}


def test_the_image_has_the_packages_of_the_tests_and_no_more() -> None:
    """If not: `make lock`."""
    image, everything = locked(DEPLOY / "requirements.lock"), locked(ROOT / "requirements.lock")
    assert {name: entry for name, entry in image.items() if everything.get(name) != entry} == {}
    extras = PROJECT["optional-dependencies"]
    needed = [*PROJECT["dependencies"], *extras["otel"], *extras["s3"]]
    assert {requirement.split("==")[0] for requirement in needed} <= set(image)
    assert not {"pytest", "mypy"} & set(image)


def test_the_image_is_of_this_version() -> None:
    assert COMPOSE["x-baton"]["image"] == f"baton:{PROJECT['version']}"
    [image] = KUSTOMIZATION["images"]
    assert str(image["newTag"]) == PROJECT["version"]


def test_no_deployment_makes_the_demo() -> None:
    assert COMPOSE["x-baton"]["environment"]["BATON_DEMO"] == "false"
    assert "BATON_DEMO=false" in KUSTOMIZATION["configMapGenerator"][0]["literals"]
    assert variables((DEPLOY / "systemd" / "baton.env").read_text())["BATON_DEMO"] == "false"


def test_the_database_of_compose_has_the_setting_of_the_embedded_one() -> None:
    started = " ".join(COMPOSE["services"]["mongodb"]["command"])
    [limit] = re.findall(
        r'"--setParameter", "(transactionLifetimeLimitSeconds=\d+)"', Path(mongod.__file__).read_text()
    )
    assert f"--setParameter {limit}" in started
    assert f"--setParameter {limit}" in (ROOT / "docs" / "operations.md").read_text()


def test_no_rollout_takes_a_server_away_before_another_is_ready() -> None:
    server = DEPLOYMENTS["baton"]["spec"]
    assert server["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    budgets = [each["spec"] for each in MANIFESTS if each["kind"] == "PodDisruptionBudget"]
    assert len(budgets) == len(DEPLOYMENTS)
    for budget in budgets:
        [deployment] = [
            each
            for each in DEPLOYMENTS.values()
            if each["spec"]["selector"]["matchLabels"] == budget["selector"]["matchLabels"]
        ]
        assert budget["maxUnavailable"] < deployment["spec"]["replicas"]


def test_commands_exist() -> None:
    run = [service["command"][0] for name, service in COMPOSE["services"].items() if name == "worker"]
    run += [DEPLOYMENTS[name]["spec"]["template"]["spec"]["containers"][0]["args"][0] for name in DEPLOYMENTS]
    run += [re.findall(r"^ExecStart=/opt/baton/bin/baton (\w+)$", unit.read_text(), re.MULTILINE)[0] for unit in UNITS]
    run += re.findall(r'^CMD \["(\w+)"\]$', DOCKERFILE, re.MULTILINE)
    assert len(run) == 6
    assert set(run) == {"serve", "worker"} <= COMMANDS


def test_every_platform_waits_for_the_drain() -> None:
    def seconds(text: str) -> float:
        return float(text.removesuffix("s"))

    compose = COMPOSE["x-baton"]
    assert (
        seconds(compose["stop_grace_period"]) > float(compose["environment"]["BATON_DRAIN_SECONDS"]) + CLOSING_SECONDS
    )
    shared = float(variables((DEPLOY / "systemd" / "baton.env").read_text())["BATON_DRAIN_SECONDS"])
    for unit in UNITS:
        [stop] = re.findall(r"^TimeoutStopSec=(\d+)$", unit.read_text(), re.MULTILINE)
        assert float(stop) > shared + CLOSING_SECONDS
    drain = float(
        dict(line.split("=") for line in KUSTOMIZATION["configMapGenerator"][0]["literals"])["BATON_DRAIN_SECONDS"]
    )
    for deployment in DEPLOYMENTS.values():
        pod = deployment["spec"]["template"]["spec"]
        hook = (
            pod["containers"][0].get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", ["sleep", "0"])
        )
        assert pod["terminationGracePeriodSeconds"] > float(hook[1]) + drain + CLOSING_SECONDS


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_load_the_credentials_that_their_settings_name(unit: Path) -> None:
    text = unit.read_text()
    loaded = set(re.findall(r"^LoadCredential=([\w-]+):/etc/baton/\1$", text, re.MULTILINE))
    assert {f"%d/{name}" for name in loaded} == {v for k, v in variables(text).items() if k.endswith("_FILE")}


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_units(unit: Path, tmp_path: Path) -> None:
    if (program := shutil.which("systemd-analyze")) is None:
        pytest.skip("systemd is not installed: its units are only read by the other tests.")
    text = unit.read_text().replace("/opt/baton/bin/baton", "/bin/true").replace("User=baton", "User=root")
    instance = tmp_path / unit.name.replace("@.", "@8001.")
    instance.write_text(text.replace("Group=baton", "Group=root"))
    ended = subprocess.run(
        [program, "verify", "--man=no", str(instance)], capture_output=True, text=True, timeout=60, check=False
    )
    about = [line for line in ended.stderr.splitlines() if instance.name in line]
    assert about == []


def test_manifests_fit_one_another() -> None:
    [configuration] = KUSTOMIZATION["configMapGenerator"]
    mounted = {line.split("=")[1] for line in configuration["literals"] if "_FILE=" in line}
    for deployment in DEPLOYMENTS.values():
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        pod = deployment["spec"]["template"]["spec"]
        [container] = pod["containers"]
        assert deployment["spec"]["selector"]["matchLabels"] == labels
        assert container["envFrom"] == [{"configMapRef": {"name": configuration["name"]}}]
        assert container["image"] == KUSTOMIZATION["images"][0]["name"]
        assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
        places = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        assert {str(Path(file).parent) for file in mounted} == {places["secrets"]}
        assert f"useradd --system --uid {pod['securityContext']['runAsUser']} " in DOCKERFILE
        budgets = [each for each in MANIFESTS if each["kind"] == "PodDisruptionBudget"]
        assert labels in [budget["spec"]["selector"]["matchLabels"] for budget in budgets]
    [service] = [each for each in MANIFESTS if each["kind"] == "Service"]
    assert service["spec"]["selector"] == DEPLOYMENTS["baton"]["spec"]["template"]["metadata"]["labels"]
    [ingress] = [each for each in MANIFESTS if each["kind"] == "Ingress"]
    [path] = ingress["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"]["service"]["name"] == service["metadata"]["name"]


def test_the_probes_ask_for_the_addresses_of_health() -> None:
    [container] = DEPLOYMENTS["baton"]["spec"]["template"]["spec"]["containers"]
    assert {name: container[name]["httpGet"]["path"] for name in container if name.endswith("Probe")} == {
        "startupProbe": "/healthz",
        "readinessProbe": "/readyz",
        "livenessProbe": "/healthz",
    }
    [port] = container["ports"]
    environment = variables("\n".join(" ".join(words) for words in instructions("ENV")))
    assert port["containerPort"] == int(environment["PORT"]) == int(instructions("EXPOSE")[0][0])


async def test_caddy_logs_no_permission(tmp_path: Path) -> None:
    """Its servers are away, so that it has errors to log."""
    if (program := shutil.which("caddy")) is None:
        pytest.skip("Caddy is not installed: its configuration is only read by the other tests.")
    port, away = free_port(), free_port()
    written = CADDY.replace("baton-1:8000 baton-2:8000", f"127.0.0.1:{away}").replace("lb_try_duration 10s", "")
    (tmp_path / "Caddyfile").write_text(written.replace("{\n\t#", "{\n\tadmin off\n\t#", 1))
    environment = {"BATON_DOMAIN": f"http://localhost:{port}", "HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    with (tmp_path / "caddy.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(program, "run", "--config", str(tmp_path / "Caddyfile"), "--adapter", "caddyfile"),
            env=environment,
            stdout=log,
            stderr=log,
            cwd=tmp_path,
        )
    try:
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient(base_url=f"http://localhost:{port}") as http:
            while await status_of(http, "/schema.graphql") is None:  # noqa: ASYNC110 - another process brings it about
                await asyncio.sleep(0.05)
            assert await status_of(http, "/files/zzqvx?code=zzqvx") == 503
            assert await status_of(http, "/metrics") == 404
    finally:
        process.terminate()
        await process.wait()
    told = (tmp_path / "caddy.log").read_text()
    assert '"status":503' in told
    assert "zzqvx" not in told


async def status_of(http: httpx.AsyncClient, path: str) -> int | None:
    """None: nothing listens yet."""
    try:
        return (await http.get(path, headers={"referer": "http://localhost/files/zzqvx"})).status_code
    except httpx.ConnectError:
        return None


def test_the_logs_of_proxies_have_no_ends_of_paths_that_are_permissions() -> None:
    """Whatever is added with a token in its path has to be added to the configuration of nginx, and to the page."""
    routes = [
        line for path in (ROOT / "api").rglob("*.py") for line in path.read_text().splitlines() if "Route(" in line
    ]
    named = {place for line in routes if "token}" in line for place in re.findall(r'Route\(f?"?(?:\{)?([\w/-]+)', line)}
    constants = {
        "UPLOAD_PATH": UPLOAD_PATH,
        "FILE_PATH": FILE_PATH,
        "CONFIRM_PATH": CONFIRM_PATH,
        "PERSON_PATH": PERSON_PATH,
    }
    assert {constants.get(place, place).strip("/") for place in named} == PERMISSIONS
    [pattern] = re.findall(r"^ +~(\^\(\?<baton_place>.*\))   ", NGINX, re.MULTILINE)
    hidden = re.compile(pattern.replace("?<", "?P<"))
    page = (ROOT / "docs" / "operations.md").read_text()
    for place in PERMISSIONS:
        assert hidden.match(f"/{place}/zzqvx")
        assert f"`/{'hooks' if place.startswith('hooks') else place}/`" in page


def test_kustomize_takes_the_manifests() -> None:
    if (program := shutil.which("kubectl")) is None:
        pytest.skip("kubectl is not installed: the manifests are only read by the other tests.")
    built = subprocess.run(
        [program, "kustomize", str(DEPLOY / "kubernetes")], capture_output=True, text=True, timeout=60, check=False
    )
    assert built.returncode == 0, built.stderr
    images = re.findall(r"image: (\S+)", built.stdout)
    assert images == [f"registry.example.com/baton:{PROJECT['version']}"] * len(DEPLOYMENTS)


def test_compose_fits_itself() -> None:
    services = COMPOSE["services"]
    assert {name for service in services.values() for name in service.get("networks", [])} == set(COMPOSE["networks"])
    secrets = {Path(value).name for key, value in COMPOSE["x-baton"]["environment"].items() if key.endswith("_FILE")}
    assert secrets == set(COMPOSE["secrets"]) == set(COMPOSE["x-baton"]["secrets"])
    servers = {name for name, service in services.items() if str(service.get("image", "")).startswith("baton:")}
    assert {f"{name}:8000" for name in servers - {"worker"}} == set(re.findall(r"baton-\d:\d+", CADDY))
    sources = [mount.split(":")[0] for mount in services["caddy"]["volumes"] if mount.startswith(".")]
    assert [source for source in sources if not (DEPLOY / source).exists()] == []
    assert services["baton-1"]["build"]["dockerfile"] == "deploy/Dockerfile"
    database = re.fullmatch(r"mongo:(\d+)\.\d+", services["mongodb"]["image"])
    assert database is not None
    assert int(database[1]) >= 6


def test_the_proxies_have_the_limits_of_the_page() -> None:
    """`docs/operations.md` says what a proxy in front should do."""
    page = (ROOT / "docs" / "operations.md").read_text()
    assert "1 MiB, within 10 s; 30 MiB at `/hooks/email`, 8 MiB at `/hooks/shopify`" in page
    assert re.findall(r"client_max_body_size +(\d+m);", NGINX) == ["1m", "26m", "30m", "8m"]
    assert re.findall(r"max_size (\d+MiB)", CADDY) == ["30MiB", "8MiB", "26MiB", "1MiB"]
    written = " ".join(NGINX.split())
    named = re.findall(r"`((?:client|keepalive|large|limit|proxy|send)_\w+[^`]*)`", page)
    assert len(named) > 12
    assert [directive for directive in named if f" {directive}" not in written] == []
