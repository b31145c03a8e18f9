-- Staged rows of contacts that exist already: one a canonical form, the first or the last of the file.
-- Contacts by the unique index (account_id, canonical), or by one pass where most of the account is in the
-- file.
CREATE TEMPORARY TABLE known_contact ON COMMIT DROP AS
SELECT c.ordinal, s.canonical, s.address, s.attributes
FROM (SELECT DISTINCT ON (canonical) canonical, address, attributes FROM {staging} ORDER BY canonical, line {order}) s
JOIN contact c ON c.account_id = %(account_id)s AND c.canonical = s.canonical
