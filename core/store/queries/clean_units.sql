-- grain: one row per sku, location and period with a line of a sku that is left after cleaning · unit: pieces, money
-- parameters: $frequency (day, week, month), $week_starts_on (Monday = 0); temporary relations: cleaned_lines, links
-- units NULL: no sale is left in the period; excess: units that came back beyond those sold
-- a return pays money back, also where its amount is written without a sign
WITH cleaned AS (
    SELECT sku, location, quantity, coalesce(amount, quantity * unit_price) AS stated,
           CASE WHEN quantity < 0 THEN -abs(stated) ELSE stated END AS money,
           CASE $frequency WHEN 'month' THEN date_trunc('month', sold_at)::DATE
                WHEN 'week' THEN sold_at::DATE - ((isodow(sold_at) - 1 - $week_starts_on + 7) % 7)::INT
                ELSE sold_at::DATE END AS period
    FROM cleaned_lines),
imported AS (
    SELECT coalesce(links.new_sku, sku) AS sku, location, quantity * coalesce(links.factor, 1) AS quantity,
           CASE $frequency WHEN 'month' THEN date_trunc('month', sold_at)::DATE
                WHEN 'week' THEN sold_at::DATE - ((isodow(sold_at) - 1 - $week_starts_on + 7) % 7)::INT
                ELSE sold_at::DATE END AS period
    FROM sales_lines LEFT JOIN links ON sales_lines.sku = links.old_sku),
net AS (
    SELECT sku, location, period, round(sum(quantity), 6) AS units, bool_or(quantity >= 0) AS sold, sum(money) AS revenue
    FROM cleaned GROUP BY sku, location, period),
gross AS (
    SELECT sku, location, period, sum(greatest(quantity, 0)) AS imported_units,
           sum(greatest(-quantity, 0)) AS returned_units
    FROM imported SEMI JOIN (SELECT DISTINCT sku, location FROM cleaned_lines) AS left_over
    ON imported.sku = left_over.sku AND imported.location = left_over.location
    GROUP BY sku, location, period)
SELECT gross.sku, gross.location, gross.period, CASE WHEN net.sold THEN greatest(net.units, 0) END AS units,
       gross.imported_units, gross.returned_units, net.revenue, greatest(-net.units, 0) AS excess
FROM gross LEFT JOIN net
ON gross.sku = net.sku AND gross.location = net.location AND gross.period = net.period
ORDER BY gross.sku, gross.location, gross.period
