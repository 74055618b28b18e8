-- grain: one row: sales lines whose order number, standing for an identifier, got another pseudonym
-- unit: lines
-- parameters: none; the frame `incoming` has the columns former and name
UPDATE sales_lines SET order_id = incoming.name FROM incoming WHERE sales_lines.order_id = incoming.former
