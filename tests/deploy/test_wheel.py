"""The wheel has everything that a server needs: it is built, installed into an environment of its own, and run from an
empty folder. The packages that it depends on are those of the tests' environment, so that nothing is downloaded."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tomllib
import venv
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from resolvers.schema import sdl
from tests.e2e.clients import calling
from tests.e2e.processes import Machine

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "domain", "integrations", "resolvers")
WIDGET = "// of the environment, and not of the checkout"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def pip(*arguments: str) -> None:
    """Run pip without the network."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments, "--no-deps", "--no-index"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", str(ROOT), "--no-build-isolation", "--wheel-dir", str(folder))
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel. Of the tests' environment it has the packages, and not the checkout."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    pip("--python", str(python), "install", "--no-compile", str(wheel))
    [packages] = folder.glob("lib/*/site-packages")
    # A line of a .pth file adds a folder; the .pth files inside it, as that of the checkout, are not read.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (packages / "api" / "web" / "dist" / "widget.js").write_text(WIDGET)
    return folder


def test_the_wheel_has_every_file_of_the_packages(wheel: Path) -> None:
    files = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with ZipFile(wheel) as archive:
        built = {name: archive.read(name) for name in archive.namelist() if name.split("/")[0] in PACKAGES}
    assert built == files
    assert {"api/web/dist/widget.js", "api/cli/demo/articles.json", "api/console/static/main.js"} <= set(built)


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    named = f"{PROJECT['name']}-{PROJECT['version']}"
    assert wheel.name == f"{named}-py3-none-any.whl"
    with ZipFile(wheel) as archive:
        told = Parser().parsestr(archive.read(f"{named}.dist-info/METADATA").decode())
        schema = archive.read(f"{named}.data/data/share/baton/schema.graphql").decode()
        assert f"{named}.dist-info/licenses/LICENSE" in archive.namelist()
    assert (told["Version"], told["Requires-Python"]) == (PROJECT["version"], PROJECT["requires-python"])
    required = [line for line in told.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert len(required) == len(PROJECT["dependencies"])
    assert schema == sdl()


async def test_it_serves_from_an_empty_folder(
    machine: Machine, shared_mongo: dict[str, str], environment: Path
) -> None:
    server = machine.server("installed", **shared_mongo, BATON_DEMO_AGENT="true")
    server.program = (str(environment / "bin" / "baton"),)
    await server.start()
    address = server.url.removesuffix("/graphql")
    async with httpx.AsyncClient(base_url=address, timeout=60, headers={"accept": "text/html, */*"}) as http:
        for path in ("/", "/inbox", "/graphql", "/console/main.js"):
            assert (await http.get(path)).status_code == 200, path
        assert (await http.get("/widget.js")).text == WIDGET
        assert (await http.get("/schema.graphql")).text == sdl()
    question = '{ agentPreview(text: "How long do I have to return something?") { text } }'
    async with calling(server.url) as caller:
        preview = (await caller.ask(server.keys["ownerKey"], question))["agentPreview"]
    assert "days" in preview["text"]
    assert sorted(path.name for path in server.folder.iterdir()) == ["data", "stderr.log"]
