"""The commands, as far as a test can try them without installing or starting anything."""

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


def run(command: str, *arguments: str, folder: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    return subprocess.run(
        [str(folder / "script" / command), *arguments],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def copied_project(tmp_path: Path) -> Path:
    """The scripts in a folder of their own, with a space in its path and without Git history."""
    folder = tmp_path / "a portal"
    shutil.copytree(PROJECT / "script", folder / "script")
    (folder / "manage.py").write_text("")
    return folder


@pytest.mark.parametrize("command", ["demo", "test", "bench"])
def test_help_names_every_option_and_ends_well(command: str) -> None:
    answer = run(command, "--help")
    accepted = set(
        re.findall(r"^ {4}(?:-h \| )?(--[a-z-]+)\)", (PROJECT / "script" / command).read_text(), re.M)
    )
    named = set(re.findall(r"^  (--[a-z-]+)", answer.stdout, re.M))
    assert (answer.returncode, answer.stderr, named) == (0, "", accepted)


@pytest.mark.parametrize("command", ["demo", "test", "bench"])
def test_an_unknown_option_is_refused_with_status_2(command: str) -> None:
    answer = run(command, "--frehs")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == f"Unknown option: --frehs\nscript/{command} --help lists the options.\n"


@pytest.mark.parametrize(
    "arguments", [("--sizes", "5"), ("--sizes", "100,,1000"), ("--rush", "many"), ("--rush",), ("--output",)]
)
def test_the_bench_refuses_a_value_of_another_form_with_status_2(arguments: tuple[str, ...]) -> None:
    answer = run("bench", *arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert re.match(f"{arguments[0]} (takes|needs) (a number|numbers|a file)", answer.stderr)


@pytest.mark.parametrize("port", ["0", "65536", "80a", "-1", ""])
def test_a_port_that_is_none_is_refused_with_status_2(port: str) -> None:
    answer = run("demo", "--port", port)
    assert answer.returncode == 2
    assert answer.stderr.splitlines()[0] == f'--port takes a number from 1 to 65535, not "{port}".'


def test_a_port_in_use_is_named_before_anything_is_set_up(copied_project: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = run("demo", "--port", str(port), folder=copied_project)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.splitlines()[0] == f"Port {port} is in use by another program."
    assert not (copied_project / ".venv").exists()


def test_fresh_leaves_a_var_alone_that_is_a_link_to_somewhere_else(
    copied_project: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_text("kept")
    (copied_project / "var").symlink_to(elsewhere)
    answer = run("demo", "--fresh", "--no-serve", folder=copied_project)
    assert (answer.returncode, (elsewhere / "kept.txt").read_text()) == (1, "kept")
    assert answer.stderr.splitlines()[-1].endswith(
        "is not a folder of this project; nothing was thrown away."
    )


def pins(name: str) -> dict[str, str]:
    text = (PROJECT / "requirements" / f"{name}.lock").read_text()
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ \\;]+)", text, re.M))


def test_the_test_lock_holds_every_pin_of_the_base_lock() -> None:
    base, everything = pins("base"), pins("test")
    assert {name: everything.get(name) for name in base} == base


@pytest.mark.parametrize("name", ["base", "test"])
def test_locks_hold_hashes_and_no_address(name: str) -> None:
    text = (PROJECT / "requirements" / f"{name}.lock").read_text()
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text


def test_skips_count_only_where_no_run_carried_the_test_out(tmp_path: Path) -> None:
    first, second = tmp_path / "sqlite.xml", tmp_path / "postgres.xml"
    skip = '<testcase classname="tests.test_a" name="test_{0}"><skipped message="needs {0}"/></testcase>'
    first.write_text(
        f"<testsuites><testsuite>{skip.format('locks')}{skip.format('gettext')}</testsuite></testsuites>"
    )
    second.write_text(
        '<testsuites><testsuite><testcase classname="tests.test_a" name="test_locks"/></testsuite></testsuites>'
    )
    answer = subprocess.run(
        ["python3", str(PROJECT / "script" / "skipped.py"), str(first), str(second)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == "tests.test_a.test_gettext: needs gettext\n"
