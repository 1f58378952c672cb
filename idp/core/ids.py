"""Names for identifiers, so that one kind is never passed as another."""

from typing import NewType

AccountId = NewType("AccountId", str)
SessionId = NewType("SessionId", str)
TenantId = NewType("TenantId", str)
EventId = NewType("EventId", str)
MessageId = NewType("MessageId", str)
KeyId = NewType("KeyId", str)
ClientId = NewType("ClientId", str)
GrantId = NewType("GrantId", str)

NOBODY = AccountId("")
"""No account has it. Where time must tell nothing, it is asked about like anybody (row 36)."""
