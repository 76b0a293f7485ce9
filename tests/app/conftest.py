"""The tests of the command line are about priors, also where a posterior is shipped, unless they say so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="package")
def nothing_is_shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("calibration.posteriors.posterior.SHIPPED", tmp_path_factory.mktemp("none") / "posterior.nc")
        yield
