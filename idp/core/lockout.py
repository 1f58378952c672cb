"""Guessing budgets: how many failures a name, a code or a source may have, and how long it then waits.

```
          charge, failures < limit            charge reaches limit
   open ──────────────────────────▶ open  ─────────────────────────▶ locked until last failure + cooldown(round)
    ▲                                                                     │ cooldown over: failures restart at 0,
    └───────────── success clears everything ◀────────────────────────────┘ the next lock lasts twice as long
```

An attempt is charged before the secret is looked at and given back when it was right: 40 parallel guesses against a
limit of 5 look at 5 secrets (Keycloak #31726, AWS Cognito 2021).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How often something may fail.

    `ceiling` bounds consecutive failures whatever the pauses between them (NIST SP 800-63B §5.2.2: at most 100);
    past it only a password reset helps. None: no ceiling.
    """

    limit: int
    cooldown: timedelta
    longest_cooldown: timedelta
    ceiling: int | None = None

    def cooldowns(self) -> tuple[timedelta, ...]:
        """How long the first, second, … lock lasts: doubling, up to the longest."""
        steps = [self.cooldown]
        while steps[-1] < self.longest_cooldown:
            steps.append(min(steps[-1] * 2, self.longest_cooldown))
        return tuple(steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """An attempt that was granted: the `failures`-th since the counter was last at nought, this one included."""

    failures: int
    limit: int

    @property
    def attempts_left(self) -> int:
        """What Bloom's contract shows when this one fails: the limit after the first failure, 1 after the last."""
        return max(1, self.limit - self.failures + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhausted:
    """No attempt is granted before `until`."""

    until: datetime
