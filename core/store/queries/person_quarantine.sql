-- grain: one row: lines set aside that named the person, now without their content
-- unit: lines
-- parameters: $text (what named the person, in lower case)
UPDATE quarantine SET content = '', reason = 'This line could not be read; its content was removed.'
WHERE contains(lower(content), $text) OR contains(lower(reason), $text)
