"""Makes the checkout's own environment, `.venv`, from the hashed locks. Needs Python 3.11 and nothing else.

    python3 -m deploy.setup.install

Says nothing and takes a tenth of a second when nothing has changed since the last time.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from deploy.setup.registry import uv_environment

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
LOCKS = (ROOT / "locks" / "bootstrap.txt", ROOT / "locks" / "all.txt")
KAFKA_LOCK = ROOT / "deploy" / "local" / "spn_local" / "kafka.lock"
FETCH_KAFKA = "from spn_local.kafka_jars import kafka_classpath; kafka_classpath()"


def main() -> None:
    """Bring `.venv` up to what the locks and the packages' pyproject files say."""
    wanted = _wanted()
    if _installed() == wanted:
        return
    _require_venv()
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two terminals may both begin
        if (installed := _installed()) != wanted:
            _install(installed, wanted)


def packages() -> list[Path]:
    """Folders of the distributions that are developed here."""
    candidates = [ROOT / "shared", *sorted((ROOT / "services").iterdir()), ROOT / "deploy"]
    return [folder for folder in candidates if (folder / "pyproject.toml").is_file()]


def _install(installed: dict[str, str], wanted: dict[str, str]) -> None:
    began = time.monotonic()
    STAMP.unlink(missing_ok=True)  # cut off half-way, the next run begins again
    done = {key: value for key, value in wanted.items() if installed.get(key) == value}
    if "place" not in done:
        _say("environment .venv")
        shutil.rmtree(VENV, ignore_errors=True)
        _run(sys.executable, "-m", "venv", str(VENV))
        done = {}
    if "locks" not in done:
        _install_locked()
        done.pop("packages", None)  # sync removed them
    if "packages" not in done:
        _say("own packages: " + ", ".join(str(folder.relative_to(ROOT)) for folder in packages()))
        editable = [word for folder in packages() for word in ("-e", str(folder))]
        _uv("install", "--no-deps", "--no-build-isolation", *editable)
    if "kafka" not in done:
        _fetch_kafka()
    STAMP.write_text(json.dumps(wanted, indent=1))
    _say(f"ready after {time.monotonic() - began:.0f} s")


def _install_locked() -> None:
    _say("installer from locks/bootstrap.txt")
    quiet = ("--quiet", "--disable-pip-version-check", "--no-compile")
    _run(PYTHON, "-m", "pip", "install", *quiet, "--require-hashes", "--only-binary=:all:", "-r", LOCKS[0])
    _say("libraries from locks/all.txt")
    _uv("sync", "--require-hashes", "--compile-bytecode", str(LOCKS[1]))


def _fetch_kafka() -> None:
    if "KAFKA_BOOTSTRAP_SERVERS" in os.environ:
        return  # there is a Kafka elsewhere
    _say("Kafka's jars")
    command = [str(PYTHON), "-c", FETCH_KAFKA]
    done = subprocess.run(command, cwd=ROOT, env=uv_environment(PYTHON), capture_output=True, text=True, check=False)
    if done.returncode:  # no reason to stop: what needs no stack works, and the stack's start tries again
        _say(f"not fetched: {done.stderr.strip().splitlines()[-1]}")


def _uv(*words: str) -> None:
    verb, *rest = words
    command = [str(VENV / "bin" / "uv"), "--quiet", "pip", verb, "--python", str(PYTHON), *rest]
    _checked(subprocess.run(command, cwd=ROOT, env=uv_environment(PYTHON), check=False))


def _run(*command: str | Path) -> None:
    _checked(subprocess.run(command, cwd=ROOT, check=False))


def _checked(done: subprocess.CompletedProcess[bytes]) -> None:
    if done.returncode:
        sys.exit(f"setup: failed with {done.returncode}: {' '.join(map(str, done.args))}")


def _wanted() -> dict[str, str]:
    return {
        "place": f"{VENV} {sys.version_info.major}.{sys.version_info.minor}",  # scripts in it hold its own path
        "locks": _digest(*LOCKS),
        "kafka": _digest(*filter(Path.is_file, [KAFKA_LOCK])),
        "packages": _digest(*(folder / "pyproject.toml" for folder in packages())),
    }


def _installed() -> dict[str, str]:
    if not (STAMP.is_file() and PYTHON.exists()):
        return {}
    stamp: dict[str, str] = json.loads(STAMP.read_text())
    return stamp


def _digest(*files: Path) -> str:
    found = hashlib.sha256()
    for file in files:
        found.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def _require_venv() -> None:
    if find_spec("ensurepip") is None or find_spec("venv") is None:
        sys.exit("setup: this Python cannot make environments. On Debian and Ubuntu: apt-get install python3-venv")


def _say(what: str) -> None:
    print(f"setup: {what}", flush=True)


if __name__ == "__main__":
    main()
