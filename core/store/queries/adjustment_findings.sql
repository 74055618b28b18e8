-- grain: one row: findings of corrections that hold still, with the reason they have now
-- unit: findings
-- parameters: none
UPDATE findings SET reason = adjustments.reason FROM adjustments
WHERE findings.rule = 'manual' AND findings.sku = adjustments.sku AND findings.location = adjustments.location
    AND findings.period = adjustments.period::VARCHAR AND findings.after_units = adjustments.units
    AND findings.reason <> adjustments.reason
