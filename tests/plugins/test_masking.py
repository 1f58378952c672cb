"""What the operator is told of an error has none of the settings' secrets in it."""

from pydantic import BaseModel, SecretBytes, SecretStr

from idp.registry.masking import LONGEST, MASK, is_secret, told
from idp.sdk import PluginSettings


class Inner(BaseModel):
    key: SecretBytes = SecretBytes(b"inner-key")


class Deep(PluginSettings):
    token: SecretStr = SecretStr("s3cr3t")
    longer: SecretStr | None = SecretStr("s3cr3t-and-more")
    tokens: tuple[SecretStr, ...] = (SecretStr("in-a-list"),)
    by_name: dict[str, SecretStr] = {"a": SecretStr("in-a-table")}  # noqa: RUF012 - pydantic copies it
    inner: Inner = Inner()
    empty: SecretStr = SecretStr("")


def test_secrets_are_masked_wherever_they_are_kept() -> None:
    error = ValueError("s3cr3t-and-more s3cr3t in-a-list in-a-table inner-key")

    assert told(error, Deep()) == f"ValueError: {' '.join([MASK] * 5)}"


def test_it_is_one_printable_line_of_bounded_length() -> None:
    text = told(ValueError("a\nb\x1b[2J" + "x" * 1000))

    assert text.isprintable()
    assert len(text) == len("ValueError: ") + LONGEST


def test_an_error_without_a_text_has_a_name() -> None:
    assert told(ConnectionError()) == "ConnectionError"


def test_a_secret_is_known_by_its_type() -> None:
    kinds = {name: is_secret(field.annotation) for name, field in Deep.model_fields.items()}

    assert kinds == {
        "token": True,
        "longer": True,
        "tokens": True,
        "by_name": True,
        "inner": False,
        "empty": True,
    }
