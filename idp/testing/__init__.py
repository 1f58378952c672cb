"""For app teams and plugin authors: a clock to move, an inbox to read, a context for a plugin, conformance suites."""
