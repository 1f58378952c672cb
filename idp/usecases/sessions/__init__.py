"""Sessions after they were opened."""
