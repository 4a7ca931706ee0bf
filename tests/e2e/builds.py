"""A newer build of Baton, made of this one, and processes of either: what runs side by side during an upgrade.

The newer build has a higher schema version, a field that every conversation gets, and a kind of message and a kind of
event that this build does not know.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from domain.versions.model import SCHEMA_VERSION
from tests.e2e.processes import Process

ROOT = Path(__file__).parents[2]
NEWER = SCHEMA_VERSION + 1
PATCHES = {
    "domain/versions/model.py": [(f"SCHEMA_VERSION: Final = {SCHEMA_VERSION}", f"SCHEMA_VERSION: Final = {NEWER}")],
    "domain/model/conversation.py": [
        ('    NOTE = "NOTE"\n', '    NOTE = "NOTE"\n    WHISPER = "WHISPER"\n'),
        ("    left_out: tuple[", "    mood: str | None = None\n    left_out: tuple["),
    ],
    "domain/conversation/lifecycle.py": [
        ("        kind=kind,\n", "        kind=MessageKind.WHISPER if text.startswith('agent') else kind,\n"),
        (
            "            sequence=message.sequence,\n",
            "            sequence=message.sequence,\n            mood='calm',\n",
        ),
    ],
    "resolvers/conversation/enums.py": [
        ('        "NOTE": "A note', '        "WHISPER": "Said in a low voice.",\n        "NOTE": "A note')
    ],
    "domain/events.py": [
        ("class UnknownEvent(", "class MoodChanged(Record):\n    mood: str\n\n\nclass UnknownEvent("),
        ("    | UnknownEvent\n", "    | UnknownEvent\n    | MoodChanged\n"),
        ("            | UnknownEvent()\n", "            | UnknownEvent()\n            | MoodChanged()\n"),
    ],
    "integrations/mongo/codec.py": [
        ("    AccountChanged,\n", "    AccountChanged,\n    MoodChanged,\n"),
        ('    "event_erased"', '    "mood_changed": MoodChanged,\n    "event_erased"'),
    ],
    "domain/conversation/aggregate.py": [
        (
            "        self._messages.append(message)\n",
            "        self._messages.append(message)\n        self.uow.emit(MoodChanged(mood='calm'))\n",
        ),
        ("from domain.events import (\n", "from domain.events import (\n    MoodChanged,\n"),
    ],
    "integrations/mongo/versions/migrations.py": [
        (
            "    return [\n",
            "    from integrations.mongo.versions.sweep import Sweep, SweepPass\n"
            "    up = Sweep(name='moods', collection='conversations', pending={'mood': None},\n"
            "        change=lambda _: {'$set': {'mood': 'unknown'}})\n"
            "    down = Sweep(name='no moods', collection='conversations', pending={'mood': {'$exists': True}},\n"
            "        change=lambda _: {'$unset': {'mood': ''}})\n"
            "    passes = [SweepPass(database=database, sweep=each, page=2) for each in (up, down)]\n"
            "    return [\n"
            f"        Migration(version={NEWER}, summary='moods', up=passes[:1], down=passes[1:]),\n",
        )
    ],
}
_MAIN = "import sys; sys.argv[0] = 'baton'; from api.cli import main; main()"


def newer_build(folder: Path) -> Path:
    """Make the newer build in a folder, and return it."""
    for package in ("api", "resolvers", "domain", "integrations"):
        # With what is compiled, but for what is being written: without it, a start takes seconds.
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("*.pyc.*"))
    for name, changes in PATCHES.items():
        file = folder / name
        text = file.read_text()
        for before, after in changes:
            assert text.count(before) == 1, (name, before, text.count(before))
            text = text.replace(before, after)
        file.write_text(text)
    return folder


def choose(process: Process, build: Path) -> None:
    """Let the process run this build from its next start on: `ROOT`, or what `newer_build` returned."""
    process.program = (sys.executable, "-c", _MAIN)
    process.environment["PYTHONPATH"] = str(build)
