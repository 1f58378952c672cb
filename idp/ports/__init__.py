"""What the verbs ask of the world. Protocols only."""
