"""From demand over the lead time and supply terms to policy settings, orders, cost and service."""
