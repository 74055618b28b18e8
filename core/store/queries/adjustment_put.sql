-- grain: one row per correction, new or in the place of an earlier one of the same SKU, location and period
-- unit: units per period
-- parameters: none; reads the frame `incoming`, which names no key twice
INSERT OR REPLACE INTO adjustments (sku, location, period, units, reason, created_at)
SELECT sku, location, period, units, reason, created_at FROM incoming
