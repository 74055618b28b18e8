-- grain: one row per SKU, location and day with a stock report
-- unit: units at the end of the day
-- parameters: none
WITH dated AS (
    SELECT coalesce(stock_date, uploads.loaded_at::DATE) AS day, sku, location, on_hand, on_order, allocated,
        uploads.loaded_at, line
    FROM stock_levels JOIN uploads USING (upload_id)
)
SELECT day, sku, location, on_hand, on_order, allocated FROM dated
QUALIFY row_number() OVER (PARTITION BY sku, location, day ORDER BY loaded_at DESC, line DESC) = 1
ORDER BY location, sku, day
