"""The verbs, over the adapters and the operator's decisions."""

from idp.app.ground import Ground
from idp.config.common_passwords import common_passwords
from idp.config.flags import demands_unmet, features_from, flags_from
from idp.config.problem import ConfigurationRefused
from idp.config.rules import rules_from
from idp.config.settings import Settings
from idp.core.feature import ConfigKey, Feature, FeatureValue
from idp.usecases.extensions import Extensions
from idp.usecases.tenants.features import MFA, FeatureBook
from idp.usecases.verbs import Verbs, World


def build_verbs(ground: Ground, extensions: Extensions) -> Verbs:
    settings, ambient, keyring = ground.settings, ground.ambient, ground.keyring
    return Verbs(
        World(
            store=ground.store,
            clock=ambient.clock,
            entropy=ambient.entropy,
            hasher=ground.hasher,
            digester=ground.digester,
            sealer=ground.sealer,
            signer=keyring.signer(settings.keys.access_token_algorithm),
            verifier=keyring.verifier(),
            rules=rules_from(settings, common_passwords(settings)),
            extensions=extensions,
            book=_book(settings, extensions),
        )
    )


def _book(settings: Settings, extensions: Extensions) -> FeatureBook:
    """Raises ConfigurationRefused for values of features that nobody defines, or that lock everybody out."""
    defined: dict[str, Feature] = {MFA.name: MFA}
    for feature in (*extensions.features, *features_from(settings)):
        defined.setdefault(feature.name, feature)
    by_alias = {feature.alias: feature for feature in defined.values() if feature.alias}
    named = {**by_alias, **defined}.get
    flags, problems = flags_from(settings, named)
    if problems := (*problems, *demands_unmet(settings, named, extensions.second_factors)):
        raise ConfigurationRefused(problems)
    config: dict[ConfigKey, FeatureValue] = {(flag.feature, flag.kind, flag.tenant or ""): flag.value for flag in flags}
    return FeatureBook(features=defined, config=config, extensions=extensions)
