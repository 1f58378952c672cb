"""Signing in without a password."""

from idp.sdk import AccountView, CodeSignIn, PluginSettings


class SingleUseCode(CodeSignIn[PluginSettings]):
    """Signs in by a code sent to the account's e-mail address, where a tenant allows it."""

    sdk_version = 1
    feature_alias = "enableSingleUseCode"
    channel = "email"
    amr = ("otp",)

    def address(self, account: AccountView) -> str | None:
        """The address, proved or not: the code proves it."""
        return account.email
