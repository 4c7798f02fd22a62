-- Two roles with exactly what a service that emits and a relay need. They are group roles: logins are made members of
-- them, GRANT outbox_writer TO some_service. Roles belong to the whole cluster, so another outbox may have made them.

-- One list for what this migration grants, what every later one grants again after a change, and what is printed for an
-- administrator. Whatever PUBLIC may do already is not granted once more, unless a database was hardened by taking it
-- away. Tables and functions that are not there are left out: the list also names what comes with other migrations.
CREATE FUNCTION outbox.missing_grants() RETURNS SETOF text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    WITH role (name) AS (VALUES ('outbox_writer'), ('outbox_relay')),
    on_table (role, name, privilege, columns) AS (VALUES
        -- Not created_at and tx_id: the relay believes them, so they are left to their defaults.
        ('outbox_writer', 'event', 'INSERT', '{id,aggregate_type,aggregate_id,event_type,payload,headers}'::text[]),
        ('outbox_relay', 'event', 'SELECT', NULL),
        ('outbox_relay', 'history', 'SELECT', NULL),
        ('outbox_relay', 'history', 'UPDATE', '{stream_config,stream_first,stream_holes,publication}'),
        ('outbox_relay', 'epoch', 'SELECT', NULL),
        ('outbox_relay', 'epoch', 'INSERT', '{epoch,slot_name,system_identifier,first_lsn,reason}'),
        ('outbox_relay', 'journal', 'SELECT', NULL),
        ('outbox_relay', 'journal', 'INSERT', NULL),
        ('outbox_relay', 'incident', 'SELECT', NULL),
        ('outbox_relay', 'incident', 'INSERT',
            '{kind,epoch,first_position,last_position,events,ghosts,late,detail}'),
        ('outbox_relay', 'parked_event', 'SELECT', NULL),
        ('outbox_relay', 'parked_event', 'INSERT',
            '{event_id,aggregate_type,aggregate_id,position,reason,detail}'),
        ('outbox_relay', 'parked_event', 'UPDATE', '{requested,requested_at}'),
        ('outbox_relay', 'parked_event', 'DELETE', NULL),
        ('outbox_relay', 'dropped_partition', 'SELECT', NULL)),
    on_function (role, name) AS (VALUES
        ('outbox_writer', 'is_publishable'),
        ('outbox_relay', 'journal_events'),
        ('outbox_relay', 'mend_publication'),
        ('outbox_relay', 'make_partition'),
        ('outbox_relay', 'drop_partition'),
        ('outbox_relay', 'prune_journal'),
        ('outbox_relay', 'partition_status'),
        ('outbox_relay', 'time_of')),
    missing (step, role, privileges, object) AS (
        SELECT 1, role.name, 'CONNECT', format('DATABASE %I', current_database())
          FROM role
          LEFT JOIN pg_roles r ON r.rolname = role.name
         WHERE has_database_privilege(r.oid, current_database(), 'CONNECT') IS NOT TRUE
         UNION ALL
        SELECT 2, role.name, 'USAGE', 'SCHEMA outbox'
          FROM role
          LEFT JOIN pg_roles r ON r.rolname = role.name
         WHERE has_schema_privilege(r.oid, 'outbox', 'USAGE') IS NOT TRUE
         UNION ALL
        SELECT 3, t.role,
               string_agg(t.privilege || COALESCE(
                   ' (' || (SELECT string_agg(quote_ident(u.name), ', ' ORDER BY u.i)
                              FROM unnest(t.columns) WITH ORDINALITY AS u(name, i)) || ')', ''),
                   ', ' ORDER BY array_position('{SELECT,INSERT,UPDATE,DELETE}'::text[], t.privilege)),
               format('outbox.%I', t.name)
          FROM on_table t
          JOIN pg_class c ON c.relnamespace = 'outbox'::regnamespace AND c.relname = t.name
          LEFT JOIN pg_roles r ON r.rolname = t.role
         WHERE CASE WHEN t.columns IS NULL THEN has_table_privilege(r.oid, c.oid, t.privilege)
                    ELSE (SELECT bool_and(has_column_privilege(r.oid, c.oid, u.name, t.privilege))
                            FROM unnest(t.columns) AS u(name))
               END IS NOT TRUE
         GROUP BY t.role, t.name
         UNION ALL
        SELECT 4, f.role, 'EXECUTE', format('FUNCTION %s', p.oid::regprocedure)
          FROM on_function f
          JOIN pg_proc p ON p.pronamespace = 'outbox'::regnamespace AND p.proname = f.name
          LEFT JOIN pg_roles r ON r.rolname = f.role
         WHERE has_function_privilege(r.oid, p.oid, 'EXECUTE') IS NOT TRUE)
    SELECT statement
      FROM (SELECT 0 AS step, role.name AS role, '' AS object, format('CREATE ROLE %I', role.name) AS statement
              FROM role
             WHERE NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = role.name)
             UNION ALL
            SELECT step, role, object, format('GRANT %s ON %s TO %I', privileges, object, role) FROM missing) AS s
     ORDER BY step = 0 DESC, role DESC, step, object
$$;
COMMENT ON FUNCTION outbox.missing_grants() IS
    'The statements by which outbox_writer and outbox_relay would get what they lack; none when they have everything.';

CREATE FUNCTION outbox.make_roles() RETURNS SETOF text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    statement text;
BEGIN
    -- Two that grant on one object at the same time would get in each other's way.
    PERFORM pg_advisory_xact_lock(hashtext('outbox.make_roles'));
    FOR statement IN SELECT outbox.missing_grants() LOOP
        BEGIN
            EXECUTE statement;
        EXCEPTION
            -- What may not be done here is for an administrator, and is returned.
            WHEN insufficient_privilege OR undefined_object THEN NULL;
            -- The migration of another database of the cluster has made the role meanwhile.
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END LOOP;
    RETURN QUERY SELECT outbox.missing_grants();
END
$$;
COMMENT ON FUNCTION outbox.make_roles() IS
    'Makes outbox_writer and outbox_relay and grants what they lack, as far as the caller may; returns the statements that somebody else has to run. May be run again at any time.';

-- Only the owner of the table may touch its publication. The relay mends one that somebody has altered, and shall not
-- own anything for that.
CREATE FUNCTION outbox.mend_publication() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
    -- PostgreSQL 14 has no column lists.
    published text := CASE WHEN current_setting('server_version_num')::int >= 150000
                           THEN 'outbox.event (id, aggregate_type, aggregate_id, event_type, payload, headers)'
                           ELSE 'outbox.event'
                      END;
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = 'outbox') THEN
        -- First, because without the second of them a table with partitions may have no column list.
        ALTER PUBLICATION outbox SET (publish = 'insert', publish_via_partition_root = true);
        EXECUTE 'ALTER PUBLICATION outbox SET TABLE ' || published;
    ELSE
        EXECUTE 'CREATE PUBLICATION outbox FOR TABLE ' || published
            || ' WITH (publish = ''insert'', publish_via_partition_root = true)';
    END IF;
END
$$;
COMMENT ON FUNCTION outbox.mend_publication() IS
    'Makes the publication outbox, or sets an altered one right: inserts into outbox.event and nothing else.';

-- PUBLIC may execute every function unless it is told otherwise.
DO $$
DECLARE
    function regprocedure;
BEGIN
    FOR function IN
        SELECT oid FROM pg_proc
         WHERE pronamespace = 'outbox'::regnamespace
           AND (prosecdef OR proname IN ('missing_grants', 'make_roles'))
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', function);
    END LOOP;
END
$$;

-- A role that may not make roles migrates all the same.
DO $$
DECLARE
    missing text;
BEGIN
    SELECT string_agg(statement, E';\n') INTO missing FROM outbox.make_roles() AS statement;
    IF missing IS NOT NULL THEN
        RAISE NOTICE E'For an administrator to run in this database:\n%;', missing;
    END IF;
END
$$;
