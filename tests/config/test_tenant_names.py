"""Names of tenants: a jurisdiction's is a part of an address."""

import pytest

from tests.config.conftest import Loading, Refusing


@pytest.mark.parametrize("name", ["Bay/Area", "/", "Bay Area/", ".", ".."])
def test_a_jurisdiction_that_no_address_reaches_is_refused(refused: Refusing, name: str) -> None:
    """GET /jurisdictions/byName/{name}."""
    problems = refused(f"default_jurisdiction = '{name}'\n[jurisdictions.'{name}']")

    assert [problem.reason for problem in problems] == ["is no name for a jurisdiction"] * 2
    assert all(problem.mend for problem in problems)


def test_a_team_may_have_such_a_name(loaded: Loading) -> None:
    assert "North/South" in loaded("[teams.'North/South']").teams


@pytest.mark.parametrize("name", ["Bay Area", "St. Helena", "Bay?", "50%", "..."])
def test_other_signs_are_right(loaded: Loading, name: str) -> None:
    assert name in loaded(f"[jurisdictions.'{name}']").jurisdictions
