"""A second factor by mail."""

from idp.sdk import AccountView, CodeChannel, PluginSettings


class EmailCode(CodeChannel[PluginSettings]):
    """Second factor by a code sent to the account's confirmed e-mail address.

    No out-of-band authenticator in the sense of NIST SP 800-63B §5.1.3.1: it is offered because it is asked for.
    """

    sdk_version = 1
    method = "email"
    channel = "email"
    amr = ("otp",)

    def address(self, account: AccountView) -> str | None:
        return account.email if account.email_proved else None
