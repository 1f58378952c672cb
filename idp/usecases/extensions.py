"""The enabled plugins, as the verbs see them: each behind its fence, so it raises PluginFailed or what it may."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from idp.core.feature import Feature
from idp.sdk import (
    ClaimsSource,
    CodeSignIn,
    EventSubscriber,
    FeatureSource,
    FirstFactor,
    PasswordRule,
    SecondFactor,
    Sender,
    TokenGrant,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extensions:
    """First factors, code sign-ins and subscribers by plugin name, second factors by method, senders by channel,
    token grants by grant type.

    `context.name` of each is its plugin's name, which is the name of its permission feature too.
    """

    first_factors: Mapping[str, FirstFactor[Any]] = field(default_factory=dict)
    code_sign_ins: Mapping[str, CodeSignIn[Any]] = field(default_factory=dict)
    second_factors: Mapping[str, SecondFactor[Any]] = field(default_factory=dict)
    senders: Mapping[str, Sender[Any]] = field(default_factory=dict)
    password_rules: tuple[PasswordRule[Any], ...] = ()
    feature_source: FeatureSource[Any] | None = None
    subscribers: Mapping[str, EventSubscriber[Any]] = field(default_factory=dict)
    claims_sources: Mapping[str, ClaimsSource[Any]] = field(default_factory=dict)
    token_grants: Mapping[str, TokenGrant[Any]] = field(default_factory=dict)
    features: tuple[Feature, ...] = ()
