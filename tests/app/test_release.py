"""What goes with a release: every dependency with its licence, and a bundle that installs without a network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.release import bundle, components, main, sbom


def test_every_dependency_is_listed_with_version_and_licence() -> None:
    listed = {each["name"].lower(): each for each in components()}
    assert {"numpy", "sqlalchemy", "mesa"} <= set(listed)
    assert "bijstand" not in listed
    assert all(each["version"] for each in listed.values())
    assert "BSD" in listed["numpy"]["licence"]


def test_the_bill_of_materials_is_the_same_twice(tmp_path: Path) -> None:
    assert main(["sbom", str(tmp_path / "one.json")]) == 0
    assert json.loads((tmp_path / "one.json").read_text()) == sbom()
    assert sbom()["specVersion"] == "1.6"


def test_wrong_words_and_a_folder_that_exists_are_refused(tmp_path: Path) -> None:
    assert main([]) == 2
    assert main(["bundle", str(tmp_path)]) == 2


@pytest.mark.verify
@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare to take the network away")
def test_a_bundle_installs_and_runs_without_a_network(tmp_path: Path) -> None:
    files = bundle(tmp_path / "bundle")
    assert {"install.sh", "requirements.lock", "sbom.json", "SHA256SUMS"} <= set(files)
    away = ["unshare", "--net", "--map-root-user"]
    subprocess.run(
        [*away, "sh", "install.sh", str(tmp_path / "venv")],
        cwd=tmp_path / "bundle",
        env={"PATH": "/usr/bin:/bin", "PYTHON": sys.executable},
        check=True,
    )
    words = ["compare", "regular", "intensive", "--people", "60", "--draws", "2", "--seeds", "1", "--no-report"]
    done = subprocess.run(
        [*away, str(tmp_path / "venv" / "bin" / "bijstand"), *words],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "intensive" in done.stdout
    (tmp_path / "bundle" / "sbom.json").write_text("{}")
    spoilt = subprocess.run(["sh", "install.sh", str(tmp_path / "two")], cwd=tmp_path / "bundle", check=False)
    assert spoilt.returncode != 0
