-- grain: one row: findings of corrections by hand whose reason named the person, now without it
-- unit: findings
-- parameters: $text (what named the person, in lower case), $removed (what takes its place)
UPDATE findings SET reason = $removed WHERE rule = 'manual' AND contains(lower(reason), $text)
