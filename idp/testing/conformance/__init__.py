"""What every plugin must do, one suite of tests for each extension point.

Subclass the suite in a test of yours and override its fixtures:

```python
class TestMySender(SenderConformance):
    @pytest.fixture
    def plugin(self) -> MySender:
        return MySender(MySettings(), plugin_context("mine"))
```
"""

from idp.testing.conformance.channels import CodeChannelConformance, CodeSignInConformance
from idp.testing.conformance.claims import ClaimsSourceConformance
from idp.testing.conformance.enrollables import EnrollableConformance
from idp.testing.conformance.factors import SecondFactorConformance
from idp.testing.conformance.features import FeatureSourceConformance
from idp.testing.conformance.first_factors import FirstFactorConformance
from idp.testing.conformance.grants import TokenGrantConformance
from idp.testing.conformance.look_up import LookUpSecretsConformance
from idp.testing.conformance.passwords import PasswordRuleConformance
from idp.testing.conformance.plugin import PluginConformance
from idp.testing.conformance.senders import SenderConformance
from idp.testing.conformance.subscribers import EventSubscriberConformance

__all__ = [
    "ClaimsSourceConformance",
    "CodeChannelConformance",
    "CodeSignInConformance",
    "EnrollableConformance",
    "EventSubscriberConformance",
    "FeatureSourceConformance",
    "FirstFactorConformance",
    "LookUpSecretsConformance",
    "PasswordRuleConformance",
    "PluginConformance",
    "SecondFactorConformance",
    "SenderConformance",
    "TokenGrantConformance",
]
