-- grain: one row per group of sales lines, upload and person; of lines whose customer is not known, per order
-- unit: lines; pieces; money
-- parameters: $time (day, week or month), $timed, $location, $channel, $category, $sku (whether each one matters)
SELECT
    CASE WHEN $timed THEN date_trunc($time, sold_at)::DATE END AS moment,
    CASE WHEN $location THEN location END AS location, CASE WHEN $channel THEN channel END AS channel,
    CASE WHEN $category THEN category END AS category, CASE WHEN $sku THEN sku END AS sku,
    upload_id, customer, CASE WHEN customer IS NULL THEN order_id END AS order_id,
    count(*) AS lines, sum(quantity) AS units, sum(coalesce(amount, quantity * unit_price)) AS revenue
FROM sales_lines GROUP BY ALL ORDER BY ALL
