-- What donations of one account come to, by currency, within a scope. Reads `donation` by its index on (account_id, at),
-- or of one campaign by that on (account_id, campaign_id). An order is a gift; lines that were corrected to nothing are
-- none. Of an even number of gifts the median is the lower of the two in the middle, so that it is one that was given.
WITH line AS (
    SELECT * FROM donation
    WHERE account_id = %(account)s AND amount > 0
      AND (%(campaign)s::integer IS NULL OR campaign_id = %(campaign)s)
      AND (%(unit)s::integer IS NULL OR unit_id = %(unit)s)
      AND (%(identity)s::integer IS NULL OR identity_id = %(identity)s)
      AND (%(joint_sender)s::integer IS NULL OR joint_sender_id = %(joint_sender)s)
      AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)
      AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
), gift AS (
    SELECT currency, platform, order_id, sum(amount)::bigint AS amount, bool_or(recurring) AS recurring
    FROM line GROUP BY currency, platform, order_id
), gifts AS (
    SELECT currency, count(*) AS gifts, percentile_disc(0.5) WITHIN GROUP (ORDER BY amount) AS median,
           count(*) FILTER (WHERE recurring) AS recurring_gifts
    FROM gift GROUP BY currency
)
SELECT currency, sum(amount)::bigint, sum(refunded)::bigint, sum(charged_back)::bigint,
       count(DISTINCT donor) + count(DISTINCT (platform, order_id)) FILTER (WHERE donor IS NULL),
       min(gifts.gifts), min(gifts.median), min(gifts.recurring_gifts),
       coalesce(sum(amount) FILTER (WHERE recurring), 0)::bigint,
       count(DISTINCT (platform, plan)) FILTER (WHERE recurring),
       count(DISTINCT (platform, plan)) FILTER (WHERE cancelled_at IS NOT NULL),
       coalesce(sum(amount) FILTER (WHERE campaign_id IS NOT NULL), 0)::bigint,
       coalesce(sum(amount) FILTER (WHERE campaign_id = ANY(%(mailed)s)), 0)::bigint
FROM line JOIN gifts USING (currency)
GROUP BY currency ORDER BY currency
