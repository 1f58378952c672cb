"""A second factor by text message."""

from idp.sdk import AccountView, CodeChannel, PluginSettings


class SmsCode(CodeChannel[PluginSettings]):
    """Second factor by a code sent to the account's telephone by SMS (RESTRICTED in NIST SP 800-63B §5.1.3.3)."""

    sdk_version = 1
    method = "sms"
    channel = "sms"
    amr = ("otp", "sms")

    def address(self, account: AccountView) -> str | None:
        """The number, proved or not: the code proves it. Whether one may still be named is for the core to say."""
        return account.phone_number or None
