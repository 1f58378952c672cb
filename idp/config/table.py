"""What every table of the configuration is."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt


class Table(BaseModel):
    """Frozen, and no key is tolerated that means nothing. The docstrings of the fields are the operator's manual."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=False, defer_build=True)


Switch = StrictBool
"""`true` or `false`, not 1, not "yes"."""

Number = StrictInt
"""A whole number, not a text that looks like one."""

Port = Annotated[StrictInt, Field(ge=0, le=65535)]
