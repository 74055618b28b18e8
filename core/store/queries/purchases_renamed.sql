-- grain: one row: purchase orders whose number, standing for an identifier, got another pseudonym
-- unit: lines
-- parameters: none; the frame `incoming` has the columns former and name
UPDATE purchase_orders SET po_id = incoming.name FROM incoming WHERE purchase_orders.po_id = incoming.former
