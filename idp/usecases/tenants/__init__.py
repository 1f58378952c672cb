"""Jurisdictions, teams and their features."""
