"""From parameters to an AuthorizationRequest whose every part is judged (OIDC Core §3.1.2.2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from idp.core.authorization import AuthorizationRequest
from idp.core.client import ResourceServer
from idp.core.errors import SessionExpired
from idp.oauth.authorize import assurance
from idp.oauth.authorize.claims_parameter import read_claims, values_of, wish_for
from idp.oauth.authorize.destination import MODES, Destination
from idp.oauth.authorize.parameters import Parameters
from idp.oauth.authorize.pkce import judge_challenge, judge_key
from idp.oauth.authorize.scope import OWN, judge_resources, judge_scope, reachable
from idp.oauth.errors import InvalidRequest, UnauthorizedClient, UnmetRequirements, UnsupportedResponseType
from idp.oauth.locales import with_locales
from idp.oauth.neighbours import KnownClients
from idp.oauth.rules import OAuthRules
from idp.ports.oauth import HintVerifier

PROMPTS = frozenset({"none", "login", "consent", "select_account", "create"})
DISPLAYS = frozenset({"page", "popup", "touch", "wap"})
MOST_LOCALES = 16
_LOCALE = re.compile(r"[A-Za-z0-9]{1,8}(?:-[A-Za-z0-9]{1,8}){0,7}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,10}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Raises an OAuthRefusal, which the client may be told at the destination."""

    rules: OAuthRules
    clients: KnownClients
    hints: HintVerifier

    async def __call__(self, destination: Destination, parameters: Parameters) -> AuthorizationRequest:
        self._judge_answer(destination, parameters)
        servers = await self._servers(destination, parameters)
        request = self._judged(destination, parameters, servers)
        if assurance.is_unreachable(request):
            raise UnmetRequirements("none of the essential acr values is known here")
        return request

    def _judged(
        self, destination: Destination, parameters: Parameters, servers: Mapping[str, ResourceServer]
    ) -> AuthorizationRequest:
        client, claims = destination.client, read_claims(parameters.get("claims"))
        return AuthorizationRequest(
            client_id=client.id,
            redirect_uri=destination.redirect_uri,
            named_redirect_uri=destination.named,
            response_type="code",
            response_mode=destination.response_mode,
            scope=judge_scope(client, parameters.words("scope"), servers),
            state=destination.state,
            nonce=parameters.get("nonce"),
            code_challenge=judge_challenge(client, parameters, self.rules),
            prompt=_prompt(parameters),
            max_age=_max_age(parameters, client.metadata.default_max_age),
            login_hint=parameters.get("login_hint"),
            hinted_subject=self._hinted(parameters, claims),
            ui_locales=_locales(parameters, "ui_locales"),
            claims_locales=_locales(parameters, "claims_locales"),
            acr_values=parameters.words("acr_values") or client.metadata.default_acr_values,
            display=_display(parameters),
            claims=with_locales(claims, _locales(parameters, "claims_locales")),
            resources=judge_resources(parameters.resources, self.rules.issuer, servers),
            dpop_jkt=judge_key(parameters),
        )

    def _judge_answer(self, destination: Destination, parameters: Parameters) -> None:
        """What kind of answer is asked for: a code, in a mode that we know."""
        parameters.require_sound()
        asked, metadata = parameters.get("response_type"), destination.client.metadata
        if asked is None:
            raise InvalidRequest("response_type is missing")
        if asked != "code":
            raise UnsupportedResponseType("response_type must be code")
        if "code" not in metadata.response_types or "authorization_code" not in metadata.grant_types:
            raise UnauthorizedClient("the client may not ask for codes")
        if parameters.get("response_mode") not in {None, *MODES}:
            raise InvalidRequest("response_mode is not supported")

    async def _servers(self, destination: Destination, parameters: Parameters) -> Mapping[str, ResourceServer]:
        """Looked up only for those who ask for more than our own claims."""
        wanted = parameters.words("scope") or destination.client.metadata.scope
        if not parameters.resources and OWN.issuperset(wanted):
            return {}
        return reachable(destination.client, await self.clients.resources())

    def _hinted(self, parameters: Parameters, claims: Mapping[str, object]) -> str | None:
        """Whose answer is wanted: by `id_token_hint`, or by a value for the claim `sub` (OIDC Core §5.5)."""
        hint = parameters.get("id_token_hint")
        wished = values_of(wish_for(claims, "sub"))
        if hint is None:
            return wished[0] if wished else None
        try:
            subject = self.hints.verify_hint(hint).get("sub")
        except SessionExpired:
            raise InvalidRequest("id_token_hint is no ID token of ours") from None
        if not isinstance(subject, str) or (wished and subject not in wished):
            raise InvalidRequest("id_token_hint and claims name different subjects")
        return subject


def _prompt(parameters: Parameters) -> tuple[str, ...]:
    prompt = parameters.words("prompt")
    if not PROMPTS.issuperset(prompt):
        raise InvalidRequest("prompt is not supported")  # Initiating User Registration §4.1
    if "none" in prompt and len(prompt) > 1:
        raise InvalidRequest("prompt=none stands alone")
    return prompt


def _max_age(parameters: Parameters, usual: int | None) -> int | None:
    """Seconds. 0 asks for a sign-in, as `prompt=login` does."""
    text = parameters.get("max_age")
    if text is None:
        return usual
    if not _SECONDS.fullmatch(text):
        raise InvalidRequest("max_age is no number of seconds")
    return int(text)


def _locales(parameters: Parameters, name: str) -> tuple[str, ...]:
    """Language tags (RFC 5646) by preference. A wish that we cannot read is no error (OIDC Core §3.1.2.1)."""
    return tuple(tag for tag in parameters.words(name) if _LOCALE.fullmatch(tag))[:MOST_LOCALES]


def _display(parameters: Parameters) -> str | None:
    asked = parameters.get("display")
    return asked if asked in DISPLAYS else None
