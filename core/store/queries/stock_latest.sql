-- grain: one row per SKU and location: the newest snapshot not after $as_of
-- unit: units
-- parameters: $as_of (NULL = the newest)
WITH dated AS (
    SELECT coalesce(stock_date, uploads.loaded_at::DATE) AS day, sku, location, on_hand, on_order, allocated,
        uploads.loaded_at, line
    FROM stock_levels JOIN uploads USING (upload_id)
)
SELECT day, sku, location, on_hand, on_order, allocated FROM dated
WHERE $as_of::DATE IS NULL OR day <= $as_of::DATE
QUALIFY row_number() OVER (PARTITION BY sku, location ORDER BY day DESC, loaded_at DESC, line DESC) = 1
ORDER BY location, sku
