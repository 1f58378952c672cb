"""What works in the background: messages, keys, housekeeping."""

from collections.abc import Awaitable, Callable

from idp.app.ground import Ground
from idp.app.openid import LateOpenID
from idp.config.rules import mailboxes, retries
from idp.messages.renderer import MessageRenderer
from idp.registry.watchdog import Watchdog
from idp.usecases.housekeeping.alarm import FailureAlarm
from idp.usecases.housekeeping.duties import Duties, Duty
from idp.usecases.housekeeping.prune import Prune
from idp.usecases.housekeeping.relay import Relay
from idp.usecases.verbs import Verbs

WarmUp = Callable[[], Awaitable[None]]
"""What the start did not wait for. Once done it is nothing to do."""


def build_relay(ground: Ground, verbs: Verbs, late: LateOpenID | None) -> Relay:
    messages = ground.settings.messages
    return Relay(
        store=ground.store,
        clock=ground.ambient.clock,
        sealer=ground.sealer,
        renderer=MessageRenderer(
            languages=messages.languages,
            service=messages.from_name,
            overrides=messages.templates,
            senders=mailboxes(ground.settings),
        ),
        extensions=verbs.world.extensions,
        errands=verbs.errands,
        retries=retries(ground.settings),
        log=ground.logs.named("outbox"),
        logouts=late.carry_logout if late is not None else None,
    )


def build_duties(ground: Ground, verbs: Verbs, relay: Relay, warm_up: WarmUp) -> Duties:
    prune = Prune(store=ground.store, clock=verbs.world.clock, rules=verbs.world.rules)
    alarm = FailureAlarm(
        store=ground.store,
        clock=ground.ambient.clock,
        limit=ground.settings.throttle.alarm,
        log=ground.logs.named("sign_ins"),
    )
    watchdog = Watchdog(log=ground.logs.named("plugins"), in_flight=ground.in_flight)

    async def deliver() -> None:
        while await relay.deliver_due():
            pass

    return Duties(
        [
            Duty(name="warm_up", round=warm_up, pause_seconds=3600),
            Duty(name="relay", round=deliver, pause_seconds=1, wake=ground.store.parcels_waiting),
            Duty(name="keys", round=ground.keyring.refresh, pause_seconds=1),
            Duty(name="rotation", round=ground.keyring.tend, pause_seconds=60),
            Duty(name="prune", round=prune, pause_seconds=600),
            Duty(name="alarm", round=alarm.look, pause_seconds=10),
            Duty(name="watchdog", round=watchdog.run, pause_seconds=1),
        ],
        ground.logs.named("duties"),
    )
