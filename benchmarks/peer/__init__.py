"""The peer: node-oidc-provider as a process, in memory or on SQLite (server.mjs, sqlite.mjs)."""
