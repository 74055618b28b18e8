"""The rooms of the made-up shop: names, catalogue, market, demand, supply, orders, files and the truth behind them."""
