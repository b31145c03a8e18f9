-- Attributes that the file does not have stay; a row that changes nothing is not written.
-- Contacts by the primary key (account_id, ordinal).
UPDATE contact c
SET attributes = c.attributes || k.attributes, address = k.address, updated_at = %(now)s
FROM known_contact k
WHERE c.account_id = %(account_id)s AND c.ordinal = k.ordinal
  AND (c.attributes || k.attributes <> c.attributes OR c.address IS DISTINCT FROM k.address)
