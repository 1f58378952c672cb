"""A package of somebody else's whose plugins misbehave in a way that the configuration names."""

from tests.plugins.packages import Site

WAYS = ["raises", "exits", "hangs", "blocks", "one", "yes", "none", "coroutine"]

SOURCE = '''
import asyncio, sys, time
from idp.sdk import *

class Way(PluginSettings):
    way: str

async def misbehave(way):
    match way:
        case "raises": raise ValueError("secret-of-the-plugin")
        case "exits": sys.exit(1)
        case "hangs": await asyncio.Event().wait()
        case "blocks": time.sleep(0.4)
        case "one": return 1
        case "yes": return "yes"
        case "none": return None
        case "coroutine": return misbehave("true")
        case "true": return True
        case "false": return False

class Badly(Plugin[Way]):
    sdk_version = 1
    time_out_seconds = 0.15

class First(Badly, FirstFactor[Way]):
    """Proves a password, badly."""
    amr = ("pwd",)
    async def prove(self, account, secret):
        return await misbehave(self.settings.way)

class Second(Badly, SecondFactor[Way]):
    """Proves it again, badly."""
    method, amr = "second", ("otp",)
    async def is_ready(self, account):
        return True
    async def verify(self, account, code):
        return await misbehave(self.settings.way)

for _way in ("raises", "exits", "hangs", "blocks", "one", "yes", "none", "coroutine"):
    globals()[f"Second_{_way}"] = type(f"Second_{_way}", (Second,), {"method": _way, "__doc__": "Proves, badly."})

class Unready(Badly, SecondFactor[Way]):
    """Cannot say whether it is ready."""
    method, amr = "unready", ("otp",)
    async def is_ready(self, account):
        return await misbehave(self.settings.way)
    async def verify(self, account, code):
        return True

class Rule(Badly, PasswordRule[Way]):
    """Judges passwords, badly."""
    async def objections(self, password, account):
        return await misbehave(self.settings.way)

class Post(Badly, Sender[Way]):
    """Carries text messages, badly."""
    channel = "sms"
    async def send(self, message):
        return await misbehave(self.settings.way)

class Listener(Badly, EventSubscriber[Way]):
    """Hears of everything, badly."""
    async def notice(self, event, *, at, delivery):
        return await misbehave(self.settings.way)

class Flags(Badly, FeatureSource[Way]):
    """Keeps flags: as the file says, or badly."""
    async def value(self, feature, tenant_kind, tenant_name):
        kept, _, value = self.settings.way.partition("=")
        if value:
            return {"true": True, "false": False}[value] if (feature, tenant_kind) == (kept, "jurisdiction") else None
        return await misbehave(self.settings.way)

class Looks(Badly, FirstFactor[Way]):
    """Remembers what it was given."""
    amr = ("pwd",)
    seen = []
    async def prove(self, account, secret):
        self.seen.append((self, account, secret))
        return False
'''


def install(site: Site, plugin: str) -> None:
    """Makes the class `plugin` known under the name `stranger`."""
    site.install("idp-stranger", SOURCE, plugins={"stranger": f"idp_stranger:{plugin}"})


def install_one_each(site: Site, plugin: str) -> dict[str, dict[str, str]]:
    """One plugin for each way to misbehave, `plugin` with `{}` standing for the way; the tables that enable them."""
    site.install("idp-stranger", SOURCE, plugins={way: f"idp_stranger:{plugin.format(way)}" for way in WAYS})
    return {way: {"way": way} for way in WAYS}
