-- grain: one row per upload with which incoming rows are compared
-- unit: upload ids
-- parameters: $only (list; NULL = all that are stored), $without (list)
CREATE OR REPLACE TEMP TABLE rivals AS
SELECT DISTINCT upload_id FROM (
    SELECT unnest($only::VARCHAR[]) AS upload_id
    UNION ALL SELECT upload_id FROM uploads WHERE $only IS NULL
) WHERE upload_id NOT IN (SELECT unnest($without::VARCHAR[]))
