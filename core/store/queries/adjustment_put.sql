-- grain: one correction, new or in the place of an earlier one of the same SKU, location and period
-- unit: units per period
-- parameters: $sku, $location, $period, $units, $reason, $created_at
INSERT OR REPLACE INTO adjustments (sku, location, period, units, reason, created_at)
VALUES ($sku, $location, $period, $units, $reason, $created_at)
