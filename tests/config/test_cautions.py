"""Settings that work, and are probably not what was meant."""

import pytest

from idp.config.cautions import cautions_of
from tests.config.conftest import Loading

HTTPS = "issuer = 'https://id.example.com'\n"
ALL = "[server]\nhost = '0.0.0.0'\n"


def test_https_that_a_proxy_speaks_which_is_not_named_is_told(loaded: Loading) -> None:
    (caution,) = cautions_of(loaded(HTTPS + ALL))

    assert caution.event == "config.no_trusted_proxies"
    assert caution.problem.key == "server.trusted_proxies"
    assert caution.problem.reason
    assert caution.problem.mend


@pytest.mark.parametrize("text", ["", ALL, HTTPS, HTTPS + ALL + "trusted_proxies = ['10.0.0.7']"])
def test_nothing_is_told_of_other_places(loaded: Loading, text: str) -> None:
    assert list(cautions_of(loaded(text))) == []
