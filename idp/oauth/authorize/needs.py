"""What an authorization request still wants of the person, judged anew each time (threat row 55).

`first_need` looks at the row and the session alone, so no page can be left out and none has to know what comes next.
"""

from dataclasses import dataclass
from datetime import datetime

from idp.core.account import Account
from idp.core.authorization import AuthorizationRequest, Interaction
from idp.core.client import Client
from idp.core.grant import Consent
from idp.core.session import Session
from idp.oauth.authorize import assurance
from idp.oauth.authorize.claims_parameter import names_of
from idp.oauth.authorize.steps import Need
from idp.oauth.errors import ConsentRequired, InteractionRequired, LoginRequired, OAuthRefusal, UnmetRequirements


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that decides, as of one unit of work. `interaction` is None at the first look, before anything is stored.

    `session` is live, and `account` is its account, which may sign in; both are None where nobody is signed in.
    `subject` is what the client calls them.
    """

    client: Client
    request: AuthorizationRequest
    now: datetime
    interaction: Interaction | None = None
    session: Session | None = None
    account: Account | None = None
    subject: str | None = None
    consent: Consent | None = None

    @property
    def is_fresh(self) -> bool:
        """Whether a page of this very interaction opened the session: no older one satisfies `prompt=login`."""
        interaction, session = self.interaction, self.session
        return (
            interaction is not None
            and session is not None
            and interaction.signed_in_with == session.id
            and session.authenticated_at >= interaction.begun_at
        )

    @property
    def is_chosen(self) -> bool:
        """Whether the person has signed in, registered or chosen an account in this interaction."""
        return self.interaction is not None and self.interaction.signed_in_with is not None


def first_need(situation: Situation) -> Need | None:
    """None: nothing is left to ask. Raises the OAuthRefusal that no page could mend."""
    request = situation.request
    if "create" in request.prompt and not situation.is_chosen:
        return Need.REGISTER
    if situation.session is None:
        return Need.SIGN_IN
    if "select_account" in request.prompt and not situation.is_chosen:
        return Need.SELECT_ACCOUNT
    if must_sign_in_again(situation):
        return Need.SIGN_IN
    return Need.CONSENT if wants_consent(situation) else None


def must_sign_in_again(situation: Situation) -> bool:
    """Whether the session will not do. Who has just signed in is not asked a second time: that would never end.

    Raises LoginRequired or UnmetRequirements where a new sign-in has shown that the answer cannot be had.
    """
    request, session = situation.request, situation.session
    if session is None:
        return True
    is_another = request.hinted_subject not in {None, situation.subject}
    is_too_weak = assurance.is_too_weak(request, session.methods)
    if situation.is_fresh:
        if is_another:
            raise LoginRequired("somebody else than the hinted subject has signed in")
        if is_too_weak:
            raise UnmetRequirements("the sign-in does not reach the essential acr")
        return False
    return (
        "login" in request.prompt or is_another or is_too_weak or _is_too_old(situation) or _could_be_better(situation)
    )


def _is_too_old(situation: Situation) -> bool:
    """OIDC Core §3.1.2.1. `max_age=0` is `prompt=login`, whatever the clock says."""
    max_age, session = situation.request.max_age, situation.session
    if max_age is None or session is None:
        return False
    return max_age == 0 or (situation.now - session.authenticated_at).total_seconds() > max_age


def _could_be_better(situation: Situation) -> bool:
    """A voluntary `acr` is worth a page to those alone who have a second factor, and never an error."""
    request, session, account = situation.request, situation.session, situation.account
    if "none" in request.prompt or session is None or account is None or not account.mfa_methods:
        return False
    return assurance.is_weaker_than_wished(request, session.methods)


def wants_consent(situation: Situation) -> bool:
    """OIDC Core §3.1.2.4.

    What says it is an app on a device may be any app there: nothing tells them apart, so what was said to it before is
    not taken as said to this one (RFC 8252 §8.6).
    """
    if may_skip_consent(situation.client, situation.request):
        return False
    is_asked = "consent" in situation.request.prompt
    is_covered = not (missing_scope(situation) or missing_claims(situation) or missing_resources(situation))
    if situation.consent is None or not is_covered:
        return True
    return (is_asked or _is_anybodys(situation)) and not _has_just_consented(situation)


def may_skip_consent(client: Client, request: AuthorizationRequest) -> bool:
    """Only a client of ours, unless it asks for it itself."""
    return client.terms.skip_consent and client.is_ours and "consent" not in request.prompt


def _is_anybodys(situation: Situation) -> bool:
    return situation.client.is_public and not situation.request.redirect_uri.startswith("https://")


def _has_just_consented(situation: Situation) -> bool:
    """The interaction says that somebody did, the row who: after another account signed in, it is asked again."""
    interaction, consent = situation.interaction, situation.consent
    return (
        interaction is not None
        and interaction.consented
        and consent is not None
        and consent.given_at >= interaction.begun_at
    )


def missing_scope(situation: Situation) -> tuple[str, ...]:
    given = situation.consent.scope if situation.consent else ()
    return tuple(word for word in situation.request.scope if word not in given)


def missing_claims(situation: Situation) -> tuple[str, ...]:
    given = situation.consent.claims if situation.consent else ()
    return tuple(name for name in names_of(situation.request.claims) if name not in given)


def missing_resources(situation: Situation) -> tuple[str, ...]:
    given = situation.consent.resources if situation.consent else ()
    return tuple(resource for resource in situation.request.resources if resource not in given)


def refusal_of(need: Need, situation: Situation) -> OAuthRefusal:
    """What `prompt=none` is answered with (OIDC Core §3.1.2.6)."""
    if need is Need.CONSENT:
        return ConsentRequired("consent is needed")
    session = situation.session
    if session is not None and assurance.is_too_weak(situation.request, session.methods):
        return InteractionRequired("a second factor is needed")
    return LoginRequired("a sign-in is needed")
