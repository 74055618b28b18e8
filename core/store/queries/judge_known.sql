-- grain: one row; which of price, status and channel both sides tell, for what only one side tells cannot differ
-- unit: yes or no
-- parameters: none
SELECT
    coalesce((SELECT bool_or(price IS NOT NULL) FROM mine_all) AND (SELECT bool_or(price IS NOT NULL) FROM theirs_all), FALSE),
    coalesce((SELECT bool_or(status IS NOT NULL) FROM mine_all) AND (SELECT bool_or(status IS NOT NULL) FROM theirs_all), FALSE),
    coalesce((SELECT bool_or(channel IS NOT NULL) FROM mine_all) AND (SELECT bool_or(channel IS NOT NULL) FROM theirs_all), FALSE)
