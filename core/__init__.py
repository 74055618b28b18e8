"""Stockcast: demand forecasts with honest uncertainty, and the order list that follows from them."""
