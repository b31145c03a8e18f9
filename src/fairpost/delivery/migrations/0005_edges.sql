-- Edges take unsubscribes and must have folded them before anybody is written to again. `seen_at` is the server's own
-- clock: until an edge is seen again no batch is leased; what it took alone meanwhile is folded in that transaction.
CREATE TABLE edge (
    edge_id      uuid PRIMARY KEY,
    host         text        NOT NULL,
    started_at   timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL,
    lost_at      timestamptz,
    lost_by      text        NOT NULL DEFAULT '',
    lost_reason  text        NOT NULL DEFAULT ''
);
