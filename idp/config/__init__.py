"""From one TOML file and the environment to `Settings`, or to all that is wrong with them (`loader.load`)."""
