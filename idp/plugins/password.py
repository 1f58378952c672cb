"""The first factor that everybody knows."""

from idp.sdk import AccountView, FirstFactor, PluginSettings


class Password(FirstFactor[PluginSettings]):
    """Signs in by the password that we keep."""

    sdk_version = 1
    amr = ("pwd",)
    time_out_seconds = 30  # the hashing queue is bounded and says so itself (Overloaded); until then it is no failure

    async def prove(self, account: AccountView | None, secret: str) -> bool:
        return await self.context.passwords.match(account.id if account else None, secret)
