# SPDX-License-Identifier: MIT
"""
deploy/Dockerfile and docs/container.md without a container engine: the instructions are read, and
what they rely on is tried: names of packages, paths of the installation, the command as process 1.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import time

import pytest
import yaml

from cluster import ROOT
from runner import Background
from test_container import ALONE, child_of, permitted
from test_signals import LIMIT, LONG, assert_ended, waits

PAGE = (ROOT / "docs/container.md").read_text()
DEPENDENCIES = (ROOT / "tests/lib/deps.sh").read_text()


def instructions():
    """The stages of the file, each a list of (instruction, its text)."""
    text = (ROOT / "deploy/Dockerfile").read_text()
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    stages = []
    for line in filter(None, lines):
        word, rest = line.split(" ", 1)
        if word == "FROM":
            stages.append([])
        stages[-1].append((word, rest))
    return stages


BUILD, FINAL = instructions()


def those(stage, word):
    return [rest for name, rest in stage if name == word]


def one(stage, word):
    (rest,) = those(stage, word)
    return rest


def packages(command):
    return re.search(r"--no-install-recommends ([^&]+)", command).group(1).split()


# --- the image ---


def test_both_stages_have_the_same_base():
    """Libraries of another release would have other names."""
    assert {one(stage, "FROM").split()[0] for stage in (BUILD, FINAL)} == {"debian:bookworm-slim"}


def test_packages_exist():
    wanted = packages(one(FINAL, "RUN"))
    wanted += re.search(r'^build="([^"]+)"', DEPENDENCIES, re.MULTILINE).group(1).split()
    if not shutil.which("apt-cache"):
        pytest.skip("no apt-cache here")
    known = subprocess.run(["apt-cache", "pkgnames"], capture_output=True, text=True).stdout.split()
    if "postgresql-common" not in known:
        pytest.skip("apt has no lists here")
    assert not set(wanted) - set(known)


def test_packages_are_the_libraries_of_the_program(installed):
    """Not one too few, not one too many."""
    if not shutil.which("readelf") or not shutil.which("dpkg-query"):
        pytest.skip("no readelf or dpkg-query here")
    program = installed / one(FINAL, "ENTRYPOINT").strip('["/]')
    text = subprocess.run(["readelf", "-d", program], capture_output=True, text=True).stdout
    names = re.findall(r"\(NEEDED\).*\[(.+)\]", text)
    if any("san.so" in name for name in names):
        pytest.skip("this program is built with sanitizers")
    owners = set()
    for name in names:
        run = subprocess.run(["dpkg-query", "-S", f"*/{name}"], capture_output=True, text=True)
        lines = [line for line in run.stdout.splitlines() if not line.startswith("diversion")]
        owners |= {line.split(":")[0] for line in lines}
    owners = {name for name in owners if not name.startswith("libc6")}
    assert owners == set(packages(one(FINAL, "RUN")))


@pytest.fixture
def installed(migrate):
    """What the instruction with "make install" leaves, below a folder of the test."""
    command = those(BUILD, "RUN")[-1].removeprefix("make && ").split()
    assert command[:2] == ["make", "install"]
    variables = dict(word.split("=") for word in command[2:])
    source = one(FINAL, "COPY").split()[-2]
    assert source.startswith(variables["DESTDIR"])
    inside = source.removeprefix(variables["DESTDIR"] + "/")
    target = migrate.folder / "root"
    variables.update(DESTDIR=target, BUILD=os.environ.get("BUILD", "build"))
    subprocess.run(
        ["make", "install", *(f"{name}={value}" for name, value in variables.items())],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        check=True,
        capture_output=True,
    )
    assert (target / inside).is_file()
    return target


def test_files_that_are_copied_exist():
    for rest in those(BUILD, "COPY"):
        for source in rest.split()[:-1]:
            assert (ROOT / source).exists(), source


def test_user_is_a_number_and_not_root():
    """runAsNonRoot of Kubernetes cannot judge a name."""
    user, group = one(FINAL, "USER").split(":")
    assert int(user) > 0 and int(group) > 0


def test_command_is_a_list_and_the_program_is_there():
    entrypoint, command = (json.loads(one(FINAL, word)) for word in ("ENTRYPOINT", "CMD"))
    assert (entrypoint, command) == ([one(FINAL, "COPY").split()[-1]], ["up"])


def command_line(installed):
    user, group = one(FINAL, "USER").split(":")
    words = json.loads(one(FINAL, "ENTRYPOINT")) + json.loads(one(FINAL, "CMD"))
    drop = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]
    permitted(*ALONE)
    permitted(*drop)
    return [*ALONE, *drop, str(installed) + words[0], *words[1:]]


@pytest.fixture
def start(db, make_runner, installed):
    """Starts the image's command as process 1, as its user, in a folder with migrations."""
    role = db.role("SUPERUSER")
    runner = make_runner(db.url_for(user=role, password="secret", host="127.0.0.1"))

    def begin(files):
        runner.write(files)
        command = command_line(installed)
        process = subprocess.Popen(
            command,
            cwd=runner.folder,
            env=runner.environment({"HOME": None}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        return Background(command, process)

    return begin


def test_command_of_the_image_applies_the_files(db, start):
    run = start({"V1__a.sql": "CREATE TABLE a (n int);"}).wait()
    assert (run.exit, db.versions()) == (0, ["1"]), run


def test_command_of_the_image_heeds_sigterm(db, start):
    run = start(LONG)
    db.wait_for(waits("pg_sleep"))
    started = time.monotonic()
    os.kill(child_of(run.process.pid), signal.SIGTERM)
    assert_ended(db, run.wait(LIMIT + 5), started, signal.SIGTERM)


# --- the page ---

DOCUMENTS = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]


def containers(document):
    """Everything with arguments for the program, wherever it stands."""
    if isinstance(document, list):
        return [found for item in document for found in containers(item)]
    if not isinstance(document, dict):
        return []
    words = document.get("args") or document.get("command")
    return ([words] if words else []) + containers(list(document.values()))


def test_page_has_the_three_examples():
    kinds = [document.get("kind", "compose") for document in DOCUMENTS]
    assert kinds == ["Job", "Deployment", "compose"]


@pytest.mark.parametrize("words", containers(DOCUMENTS), ids=" ".join)
def test_settings_on_the_page_exist(offline, words):
    """All that follows the command are settings, and "config" takes any of them."""
    assert words[0] == "up"
    run = offline("config", *words[1:])
    assert run.exit == 0, run


def statuses(text):
    """The statuses in the first column of a table, and what they mean."""
    rows = re.findall(r"^\| ([\d, ]+|128\+n) \| ([^|]+) \|", text, re.MULTILINE)
    return {int(n): means for numbers, means in rows if "+" not in numbers
            for n in numbers.split(",")}


def test_every_status_has_its_action():
    """The table and the policy say the same of every status that the README lists."""
    listed = statuses((ROOT / "README.md").read_text())
    assert set(listed) and set(listed) <= set(statuses(PAGE))
    rules = DOCUMENTS[0]["spec"]["podFailurePolicy"]["rules"]
    action = {
        status: rule["action"]
        for rule in rules
        for status in rule.get("onExitCodes", {}).get("values", [])
    }
    said = dict(re.findall(r"^\| (\d+) \|[^|]+\| (fails|tries again)", PAGE, re.MULTILINE))
    expected = {"fails": "FailJob", "tries again": "Count"}
    for status in set(listed) - {0}:
        assert action[status] == expected[said[str(status)]], status


def test_policy_is_one_that_kubernetes_takes():
    """The rules of its reference: sorted values without 0, and pods that are not restarted."""
    spec = DOCUMENTS[0]["spec"]
    assert spec["template"]["spec"]["restartPolicy"] == "Never"
    names = {container["name"] for container in spec["template"]["spec"]["containers"]}
    for rule in spec["podFailurePolicy"]["rules"]:
        assert rule["action"] in ("FailJob", "Ignore", "Count")
        assert ("onExitCodes" in rule) != ("onPodConditions" in rule)
        codes = rule.get("onExitCodes")
        if codes:
            values = codes["values"]
            assert values == sorted(set(values)) and 0 not in values
            assert codes["containerName"] in names and codes["operator"] == "In"


def test_graces_on_the_page_are_long_enough():
    assert DOCUMENTS[0]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > LIMIT


def test_links_of_the_page_lead_somewhere():
    for target in re.findall(r"\]\((?!http)([^)#]+)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
    assert "(docs/container.md)" in (ROOT / "README.md").read_text()
