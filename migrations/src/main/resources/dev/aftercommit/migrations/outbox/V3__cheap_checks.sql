-- The same refusals as the ten CHECKs of V1, by one CHECK. PostgreSQL reads and plans each CHECK anew for every
-- statement, and a standard SQL function in it, too: that was as dear as the rest of a transaction with one event. A
-- PL/pgSQL function is compiled once a session.

-- Emits wait while this waits for the table, so it does not wait for long.
DO $$
BEGIN
    SET LOCAL lock_timeout = '10s';
    LOCK TABLE outbox.event IN ACCESS EXCLUSIVE MODE;
EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION 'outbox.event could not be locked within 10 seconds; nothing was changed.'
        USING ERRCODE = 'lock_not_available',
              HINT = 'End the transactions that hold it (pg_stat_activity, pg_locks), a relay''s first start included, and migrate again.';
END
$$;

CREATE FUNCTION outbox.is_publishable(
    id uuid, aggregate_type text, aggregate_id text, event_type text, payload json, headers json) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = ''
AS $$
DECLARE
    bad_header boolean;
    violated   text;
BEGIN
    -- The usual row passes here, by one expression or, with headers, by two and a query. What does not is not refused yet.
    IF octet_length(aggregate_id) BETWEEN 1 AND 255
        AND octet_length(aggregate_type) <= 255 AND aggregate_type COLLATE "C" ~ '^[A-Za-z0-9_-]+$'
        AND octet_length(event_type) BETWEEN 1 AND 255 AND event_type ~ '[^[:space:]]'
        AND get_byte(uuid_send(id), 6) >> 4 = 7 AND get_byte(uuid_send(id), 8) >> 6 = 2
        AND octet_length(payload::text) <= 983040
    THEN
        IF headers IS NULL THEN
            RETURN true;
        ELSIF json_typeof(headers) = 'object'
            AND octet_length(headers::text) <= 16384
            AND coalesce(headers ->> 'eventversion', '1') ~ '^[1-9][0-9]{0,8}$'
            AND coalesce(headers ->> 'datacontenttype', 'application/json') = 'application/json'
        THEN
            SELECT count(*) <> count(DISTINCT e.key)
                   OR bool_or(json_typeof(e.value) <> 'string'
                       OR e.key COLLATE "C" !~ '^[!-9;-~]+$' OR e.key COLLATE "C" ~* '^(nats|ce|outbox)-')
              INTO bad_header
              FROM json_each(headers) AS e;
            IF bad_header IS NOT TRUE THEN
                RETURN true;
            END IF;
        END IF;
    END IF;

    -- By name, as PostgreSQL evaluates CHECKs; NULL refuses nothing. CASE inside, where AND would read better, because
    -- it alone promises to leave the rest alone.
    violated := CASE
        WHEN NOT octet_length(aggregate_id) BETWEEN 1 AND 255
            THEN 'aggregate_id must be 1 to 255 bytes'
        WHEN NOT (octet_length(aggregate_type) <= 255 AND aggregate_type COLLATE "C" ~ '^[A-Za-z0-9_-]+$')
            THEN 'aggregate_type must be 1 to 255 of A-Z a-z 0-9 _ -'
        WHEN NOT (octet_length(event_type) BETWEEN 1 AND 255 AND event_type ~ '[^[:space:]]')
            THEN 'event_type must be 1 to 255 bytes and not blank'
        WHEN CASE
                WHEN json_typeof(headers) <> 'object' THEN true
                ELSE EXISTS (
                    SELECT FROM json_object_keys(headers) AS name
                    WHERE name COLLATE "C" !~ '^[!-9;-~]+$' OR name COLLATE "C" ~* '^(nats|ce|outbox)-')
             END
            THEN 'header names: printable ASCII, not Nats-* ce-* Outbox-*'
        WHEN (SELECT count(*) <> count(DISTINCT e.key) OR bool_or(json_typeof(e.value) <> 'string')
              FROM json_each(headers) AS e)
            THEN 'headers must be an object of strings, each name once'
        WHEN octet_length(headers::text) > 16384
            THEN 'headers must be at most 16384 bytes'
        WHEN headers ->> 'eventversion' !~ '^[1-9][0-9]{0,8}$'
            THEN 'headers.eventversion must be 1 to 999999999 in quotes'
        WHEN NOT (get_byte(uuid_send(id), 6) >> 4 = 7 AND get_byte(uuid_send(id), 8) >> 6 = 2)
            THEN 'id must be a UUIDv7'
        WHEN octet_length(payload::text) > 983040
            THEN 'payload must be at most 983040 bytes'
        WHEN CASE coalesce(headers ->> 'datacontenttype', 'application/json')
                WHEN 'application/json' THEN false
                WHEN '' THEN true
                ELSE CASE json_typeof(payload)
                    WHEN 'string' THEN length(payload #>> '{}') % 4 <> 0
                        OR (payload #>> '{}') COLLATE "C" !~ '^[A-Za-z0-9+/]*={0,2}$'
                    ELSE true
                END
             END
            THEN 'payload must be base64 in quotes for that datacontenttype'
    END;
    IF violated IS NULL THEN
        RETURN true;
    END IF;
    -- PostgreSQL's own words, so that nobody has to know that it is one CHECK; without the row, which would get
    -- payloads into logs.
    RAISE EXCEPTION 'new row for relation "event" violates check constraint "%"', violated
        USING ERRCODE = 'check_violation', SCHEMA = 'outbox', TABLE = 'event', CONSTRAINT = violated,
              DETAIL = 'Failing row has id ' || id || '.';
END
$$;
COMMENT ON FUNCTION outbox.is_publishable(uuid, text, text, text, json, json) IS
    'For the CHECK of outbox.event: true, or an error that names what the row must be like.';

-- NOT VALID, and for good: the rows that are there have passed the same checks, and to prove it again would read the
-- whole table while nobody can emit. It is enforced for new rows all the same, and pg_dump puts it behind the rows.
ALTER TABLE outbox.event
    DROP CONSTRAINT "id must be a UUIDv7",
    DROP CONSTRAINT "aggregate_type must be 1 to 255 of A-Z a-z 0-9 _ -",
    DROP CONSTRAINT "aggregate_id must be 1 to 255 bytes",
    DROP CONSTRAINT "event_type must be 1 to 255 bytes and not blank",
    DROP CONSTRAINT "payload must be at most 983040 bytes",
    DROP CONSTRAINT "headers must be at most 16384 bytes",
    DROP CONSTRAINT "headers must be an object of strings, each name once",
    DROP CONSTRAINT "header names: printable ASCII, not Nats-* ce-* Outbox-*",
    DROP CONSTRAINT "headers.eventversion must be 1 to 999999999 in quotes",
    DROP CONSTRAINT "payload must be base64 in quotes for that datacontenttype",
    ADD CONSTRAINT event_is_publishable CHECK (
        outbox.is_publishable(id, aggregate_type, aggregate_id, event_type, payload, headers)) NOT VALID;
COMMENT ON CONSTRAINT event_is_publishable ON outbox.event IS
    'Not validated because older rows passed the same checks when they were inserted.';

-- A partition that was detached before keeps its CHECKs, and so their functions.
DO $$
BEGIN
    DROP FUNCTION
        outbox.headers_are_strings(json), outbox.header_names_are_allowed(json), outbox.payload_is_base64(json);
EXCEPTION WHEN dependent_objects_still_exist THEN
    NULL;
END
$$;
