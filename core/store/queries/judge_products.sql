-- grain: one row per line of `incoming` of whose SKU the uploads in `rivals` speak too
-- unit: verdict: "there" when the latest of them says exactly the same of it, else "change"
-- parameters: none
INSERT INTO verdicts
WITH ours AS (
    SELECT line, row(sku) AS key, row(product_name, category, brand, unit_cost, unit_price, supplier, launched_on,
        discontinued_on, shelf_life_days, units_per_pack, lead_time_days, moq, pack) AS said FROM incoming
), mine AS (
    SELECT key, list(said ORDER BY line) AS told FROM ours GROUP BY key
), stored AS (
    SELECT upload_id, products.line, uploads.loaded_at, row(sku) AS key, row(product_name, category, brand, unit_cost,
        unit_price, supplier, launched_on, discontinued_on, shelf_life_days, units_per_pack,
        lead_time_days, moq, pack) AS said
    FROM products LEFT JOIN uploads USING (upload_id) WHERE upload_id IN (SELECT upload_id FROM rivals)
), theirs AS (
    SELECT key, list(said ORDER BY line) AS told FROM stored GROUP BY key, upload_id, loaded_at
    -- tables of the same action are not listed yet: they are the latest
    QUALIFY row_number() OVER (PARTITION BY key ORDER BY loaded_at DESC NULLS FIRST, upload_id) = 1
)
SELECT ours.line, CASE WHEN mine.told = theirs.told THEN 'there' ELSE 'change' END, TRUE
FROM ours JOIN mine USING (key) JOIN theirs USING (key)
