"""All that a plugin may import, and nothing else. Versioned: SDK_VERSION rises when a plugin must change."""

from idp.sdk.authenticators import CodeSignIn, FirstFactor
from idp.sdk.claims import ClaimsSource, ClaimValue
from idp.sdk.factors import CodeChannel, Enrollable, Enrolment, LookUpSecrets, SecondFactor
from idp.sdk.features import FeatureSource, FeatureValue
from idp.sdk.grants import GrantDecision, TokenGrant
from idp.sdk.passwords import PasswordRule
from idp.sdk.plugin import (
    SDK_VERSION,
    AccountView,
    Log,
    OwnCredential,
    OwnCredentials,
    OwnStore,
    Passwords,
    Plugin,
    PluginContext,
    PluginSettings,
)
from idp.sdk.senders import Message, Sender, SenderFailed
from idp.sdk.subscribers import Event, EventSubscriber

__all__ = [
    "SDK_VERSION",
    "AccountView",
    "ClaimValue",
    "ClaimsSource",
    "CodeChannel",
    "CodeSignIn",
    "Enrollable",
    "Enrolment",
    "Event",
    "EventSubscriber",
    "FeatureSource",
    "FeatureValue",
    "FirstFactor",
    "GrantDecision",
    "Log",
    "LookUpSecrets",
    "Message",
    "OwnCredential",
    "OwnCredentials",
    "OwnStore",
    "PasswordRule",
    "Passwords",
    "Plugin",
    "PluginContext",
    "PluginSettings",
    "SecondFactor",
    "Sender",
    "SenderFailed",
    "TokenGrant",
]
