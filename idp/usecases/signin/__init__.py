"""The ways in, and the one door behind them."""
