-- grain: one row per upload that has sales lines · unit: its number in the order of loading, 1 = first
-- parameters: none
-- the relation `sources` that names the file a line came from
SELECT row_number() OVER (ORDER BY loaded_at, uploads.rowid, lines.upload_id)::INTEGER AS upload_id,
       lines.upload_id AS upload, file_name
FROM (SELECT DISTINCT upload_id FROM sales_lines) AS lines LEFT JOIN uploads ON lines.upload_id = uploads.upload_id
