-- grain: one row per foreign currency
-- unit: the shop's money per unit of the currency
-- parameters: $currency, $rate
INSERT OR REPLACE INTO exchange_rates (currency, rate) VALUES ($currency, $rate)
