"""`idp team`."""

from idp.cli.tenant import tenant_noun

team = tenant_noun("team", "My Team", help_text="Teams. Those that the configuration names are there from the start.")
