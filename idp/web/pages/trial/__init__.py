"""An operator's templates and texts, tried before the first person needs them."""
