-- grain: one row per SKU, location and day with a stock report not after $as_of; only the newest day where $newest
-- unit: units at the end of the day, of all codes that stand for the SKU; of several uploads the latest holds
-- parameters: $as_of (NULL = no limit), $newest
WITH seen AS (
    -- A report may tell a SKU's bins, lots or shelves line by line: they all lie at the location.
    SELECT coalesce(stock_date, uploads.loaded_at::DATE) AS day, sku, location, sum(on_hand) AS on_hand,
        sum(on_order) AS on_order, sum(allocated) AS allocated
    FROM stock_levels JOIN uploads USING (upload_id)
    WHERE $as_of::DATE IS NULL OR coalesce(stock_date, uploads.loaded_at::DATE) <= $as_of::DATE
    GROUP BY day, sku, location, upload_id, uploads.loaded_at
    QUALIFY row_number() OVER (PARTITION BY sku, location, day ORDER BY uploads.loaded_at DESC) = 1
), members AS (
    SELECT old_sku AS code, new_sku, factor FROM sku_links
    UNION ALL SELECT DISTINCT new_sku, new_sku, 1.0 FROM sku_links
), days AS (
    SELECT DISTINCT new_sku, location, day FROM seen JOIN members ON members.code = seen.sku
), shelves AS (
    SELECT DISTINCT code, new_sku, factor, location FROM seen JOIN members ON members.code = seen.sku
), linked AS (
    -- A code counted on another day still lies on the shelf; one not counted for a month has left the reports.
    SELECT days.day, days.new_sku AS sku, days.location, sum(seen.on_hand * factor) AS on_hand,
        sum(seen.on_order * factor) AS on_order, sum(seen.allocated * factor) AS allocated
    FROM days JOIN shelves ON shelves.new_sku = days.new_sku AND shelves.location = days.location
    ASOF JOIN seen ON seen.sku = shelves.code AND seen.location = days.location AND days.day >= seen.day
    WHERE days.day - seen.day <= 31 GROUP BY days.day, days.new_sku, days.location
), reports AS (
    SELECT day, sku, location, on_hand, on_order, allocated FROM seen ANTI JOIN members ON members.code = seen.sku
    UNION ALL SELECT day, sku, location, on_hand, on_order, allocated FROM linked
)
SELECT day, sku, location, on_hand, on_order, allocated FROM reports
QUALIFY NOT $newest OR row_number() OVER (PARTITION BY sku, location ORDER BY day DESC) = 1
ORDER BY location, sku, day
