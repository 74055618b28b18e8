-- grain: one correction taken back; says how many there were
-- unit: rows
-- parameters: $sku, $location, $period
DELETE FROM adjustments WHERE sku = $sku AND location = $location AND period = $period
