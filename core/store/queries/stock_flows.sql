-- grain: one row per SKU, location and day on which stock moved, not after $as_of
-- unit: moved: pieces into the location less pieces out of it; arrived, gone: each by itself; linked codes count as the
-- SKU they stand for
-- parameters: $as_of (NULL = no limit)
-- where movement files hold nothing that goes out, the sales are what leaves the shelf
WITH booked AS (
    SELECT moved_on AS day, sku, location, quantity, greatest(quantity, 0) AS arrived FROM stock_movements
    UNION ALL
    SELECT sold_at::DATE, sku, location, -quantity, 0 FROM sales_lines
    WHERE (SELECT min(quantity) >= 0 FROM stock_movements)
        AND (sku, location) IN (SELECT sku, location FROM stock_movements)
)
SELECT day, coalesce(new_sku, booked.sku) AS sku, location, sum(quantity * coalesce(factor, 1)) AS moved,
    sum(arrived * coalesce(factor, 1)) AS arrived, sum(greatest(-quantity, 0) * coalesce(factor, 1)) AS gone
FROM booked LEFT JOIN sku_links ON sku_links.old_sku = booked.sku
WHERE $as_of::DATE IS NULL OR day <= $as_of::DATE
GROUP BY ALL ORDER BY location, sku, day
