"""`idp jurisdiction`."""

from idp.cli.tenant import tenant_noun

jurisdiction = tenant_noun(
    "jurisdiction", "Bay Area", help_text="Jurisdictions. Those that the configuration names are there from the start."
)
