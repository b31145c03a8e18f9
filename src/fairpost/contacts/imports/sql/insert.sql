-- New contacts get the next ordinals, in order of their address: the unique index (account_id, canonical)
-- then grows in order, which is twice as fast as at random. The caller holds the account's row of
-- contact_ordinal.
INSERT INTO contact (account_id, ordinal, canonical, address, attributes, created_at, updated_at)
SELECT %(account_id)s, %(next)s - 1 + row_number() OVER (), s.canonical, s.address, s.attributes, %(now)s, %(now)s
FROM (SELECT DISTINCT ON (canonical) canonical, address, attributes FROM {staging} ORDER BY canonical, line {order}) s
{unknown}
