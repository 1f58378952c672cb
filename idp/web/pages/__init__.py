"""Pages for people: server-rendered, no script needed."""
