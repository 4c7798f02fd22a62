-- The outbox: services insert events here in their own transactions, the relay publishes them after the commit.
-- Names and types are a contract with services in other languages. A constraint's name is what PostgreSQL prints when
-- it refuses a row, so each says what the row must be like.

DO $$
BEGIN
    IF current_setting('server_encoding') <> 'UTF8' THEN
        RAISE EXCEPTION 'The outbox needs a database in UTF8, but "%" is in %.',
                current_database(), current_setting('server_encoding')
            USING HINT = 'Create the database with ENCODING ''UTF8''; sizes and partitions count bytes of UTF-8.';
    END IF;
END
$$;

-- Standard SQL bodies are bound to pg_catalog here and now, whatever the caller's search_path says later.
CREATE FUNCTION outbox.headers_are_strings(headers json) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE
        WHEN json_typeof(headers) <> 'object' THEN false
        ELSE (SELECT count(*) = count(DISTINCT e.key)
                     AND coalesce(bool_and(json_typeof(e.value) = 'string'), true)
              FROM json_each(headers) AS e)
    END;
COMMENT ON FUNCTION outbox.headers_are_strings(json) IS
    'For a CHECK of outbox.event: a JSON object whose values are strings and whose names are all different.';

CREATE FUNCTION outbox.header_names_are_allowed(headers json) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE
        WHEN json_typeof(headers) <> 'object' THEN false
        ELSE NOT EXISTS (
            SELECT FROM json_object_keys(headers) AS name
            WHERE name COLLATE "C" !~ '^[!-9;-~]+$' OR name COLLATE "C" ~* '^(nats|ce|outbox)-')
    END;
COMMENT ON FUNCTION outbox.header_names_are_allowed(json) IS
    'For a CHECK of outbox.event: names of printable ASCII without space and colon that do not start with Nats-, ce- or Outbox- in any case.';

CREATE FUNCTION outbox.payload_is_base64(payload json) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN CASE
        WHEN json_typeof(payload) <> 'string' THEN false
        ELSE length(payload #>> '{}') % 4 = 0 AND (payload #>> '{}') COLLATE "C" ~ '^[A-Za-z0-9+/]*={0,2}$'
    END;
COMMENT ON FUNCTION outbox.payload_is_base64(json) IS
    'For a CHECK of outbox.event: a JSON string that holds base64 (RFC 4648, section 4) without line breaks.';

CREATE TABLE outbox.event (
    id             uuid        NOT NULL,
    aggregate_type text        NOT NULL,
    aggregate_id   text        NOT NULL,
    event_type     text        NOT NULL,
    payload        json        NOT NULL,
    headers        json,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    tx_id          xid8        NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (id),
    CONSTRAINT "id must be a UUIDv7"
        CHECK (get_byte(uuid_send(id), 6) >> 4 = 7 AND get_byte(uuid_send(id), 8) >> 6 = 2),
    CONSTRAINT "aggregate_type must be 1 to 255 of A-Z a-z 0-9 _ -"
        CHECK (octet_length(aggregate_type) <= 255 AND aggregate_type COLLATE "C" ~ '^[A-Za-z0-9_-]+$'),
    CONSTRAINT "aggregate_id must be 1 to 255 bytes"
        CHECK (octet_length(aggregate_id) BETWEEN 1 AND 255),
    CONSTRAINT "event_type must be 1 to 255 bytes and not blank"
        CHECK (octet_length(event_type) BETWEEN 1 AND 255 AND event_type ~ '[^[:space:]]'),
    CONSTRAINT "payload must be at most 983040 bytes"
        CHECK (octet_length(payload::text) <= 983040),
    CONSTRAINT "headers must be at most 16384 bytes"
        CHECK (octet_length(headers::text) <= 16384),
    CONSTRAINT "headers must be an object of strings, each name once"
        CHECK (outbox.headers_are_strings(headers)),
    CONSTRAINT "header names: printable ASCII, not Nats-* ce-* Outbox-*"
        CHECK (outbox.header_names_are_allowed(headers)),
    CONSTRAINT "headers.eventversion must be 1 to 999999999 in quotes"
        CHECK (headers ->> 'eventversion' ~ '^[1-9][0-9]{0,8}$'),
    CONSTRAINT "payload must be base64 in quotes for that datacontenttype"
        CHECK (CASE headers ->> 'datacontenttype'
                   WHEN 'application/json' THEN true
                   WHEN '' THEN false
                   ELSE headers ->> 'datacontenttype' IS NULL OR outbox.payload_is_base64(payload)
               END)
) PARTITION BY RANGE (id);

-- Takes every row until partitions by time exist, and every row outside of them: an emit never fails for want of one.
CREATE TABLE outbox.event_default PARTITION OF outbox.event DEFAULT;

COMMENT ON SCHEMA outbox IS
    'Transactional outbox of Aftercommit: what services emit, and what the relay knows about its replication slot.';
COMMENT ON TABLE outbox.event IS
    'Append-only: services insert events in their own transactions, the relay publishes them after the commit. Published rows stay as history, for replay and for healing a lost replication slot; retention drops whole partitions.';
COMMENT ON COLUMN outbox.event.id IS
    'Event id, a UUIDv7 made by the producer; the same on every hop. Its time decides the partition, not the order of publishing.';
COMMENT ON COLUMN outbox.event.aggregate_type IS 'What the event is about, such as account; part of the subject in NATS.';
COMMENT ON COLUMN outbox.event.aggregate_id IS 'Ordering key: events of one aggregate are handled in the order of their commits.';
COMMENT ON COLUMN outbox.event.event_type IS 'Name of the event between services, such as AccountCreated; never a Java class name.';
COMMENT ON COLUMN outbox.event.payload IS
    'Published verbatim. A payload that is not JSON is a JSON string of base64, and headers.datacontenttype says what it is.';
COMMENT ON COLUMN outbox.event.headers IS
    'Object of strings, or null: eventversion (1 when absent), datacontenttype (application/json when absent), traceparent and whatever else shall travel with the event.';
COMMENT ON COLUMN outbox.event.created_at IS
    'This server''s clock at the INSERT; the order in which the relay reads rows from the table. Not published. Leave it to its default.';
COMMENT ON COLUMN outbox.event.tx_id IS
    'The inserting transaction; tells rows that a snapshot sees from later ones. Not published. Leave it to its default.';
COMMENT ON TABLE outbox.event_default IS 'Rows for which outbox.event has no partition by time.';

-- Changes of rows are never published, so they would make the table say what no consumer heard. The trigger sits on
-- the parent alone: it costs inserts nothing, and upkeep may still drop, detach and truncate single partitions.
CREATE FUNCTION outbox.refuse_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
    RAISE EXCEPTION 'outbox.event is append-only: % refused.', TG_OP
        USING ERRCODE = 'restrict_violation',
              HINT = 'To correct an event, emit another one. To free disk space, drop partitions. '
                  || 'To start a test afresh, TRUNCATE outbox.event_default.';
END
$$;
COMMENT ON FUNCTION outbox.refuse_change() IS 'For the trigger that keeps outbox.event append-only.';

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON outbox.event
    FOR EACH STATEMENT EXECUTE FUNCTION outbox.refuse_change();

CREATE TABLE outbox.epoch (
    epoch             int         PRIMARY KEY CHECK (epoch > 0),
    slot_name         name        NOT NULL,
    system_identifier text        NOT NULL,
    consistent_point  pg_lsn      NOT NULL,
    snapshot          pg_snapshot NOT NULL,
    began_at          timestamptz NOT NULL DEFAULT now(),
    caught_up_at      timestamptz
);

COMMENT ON TABLE outbox.epoch IS
    'Written by the relay only. Epoch N began when the relay created its slot at consistent_point: rows visible in snapshot and not yet published come from the table, later ones from the WAL. Never delete the newest row.';
COMMENT ON COLUMN outbox.epoch.epoch IS 'First part of Outbox-Position; rises when LSNs stop being comparable with earlier ones.';
COMMENT ON COLUMN outbox.epoch.slot_name IS 'The replication slot that the epoch reads from.';
COMMENT ON COLUMN outbox.epoch.system_identifier IS
    'system_identifier of pg_control_system(): another one means another cluster, whose LSNs and transaction ids are not comparable.';
COMMENT ON COLUMN outbox.epoch.consistent_point IS 'Where the slot began: commits from here on are read from the WAL.';
COMMENT ON COLUMN outbox.epoch.snapshot IS 'What was committed at consistent_point; compared with outbox.event.tx_id.';
COMMENT ON COLUMN outbox.epoch.began_at IS 'When the slot was created.';
COMMENT ON COLUMN outbox.epoch.caught_up_at IS
    'When the last row from the table was stored in the stream; null while the relay still publishes from the table.';

-- Inserts are all the relay reads, from whatever partition, in the name of the parent. PostgreSQL 14 cannot leave out
-- created_at and tx_id.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = 'outbox') THEN
        RAISE EXCEPTION 'Database "%" already has a publication named outbox that is not Aftercommit''s.',
                current_database()
            USING ERRCODE = 'duplicate_object',
                  HINT = 'The name is part of the contract. Rename the other one (ALTER PUBLICATION outbox RENAME TO ...), then migrate again.';
    END IF;
    EXECUTE 'CREATE PUBLICATION outbox FOR TABLE outbox.event '
        || CASE WHEN current_setting('server_version_num')::int >= 150000
               THEN '(id, aggregate_type, aggregate_id, event_type, payload, headers) '
               ELSE ''
           END
        || 'WITH (publish = ''insert'', publish_via_partition_root = true)';
END
$$;
COMMENT ON PUBLICATION outbox IS
    'What the Aftercommit relay reads: inserts into outbox.event. Create its replication slot after it, and do not add tables.';
