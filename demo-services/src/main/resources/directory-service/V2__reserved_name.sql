-- Names that would be believed: "admin", and all that begin with "admin-". account-service knows nothing of this rule.
CREATE TABLE reserved_name (name text PRIMARY KEY);
INSERT INTO reserved_name VALUES ('admin');

-- Events that somebody gave up, so that nobody waits for them.
CREATE TABLE discarded_event (
    event_id     uuid        PRIMARY KEY,
    discarded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
