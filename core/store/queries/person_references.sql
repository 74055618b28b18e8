-- grain: one row: sales lines whose order number was the person's identifier, now without it
-- unit: lines
-- parameters: $reference (what stands in the place of an order number that was an identifier)
UPDATE sales_lines SET order_id = NULL WHERE order_id = $reference
