-- The page shows how many events were emitted. The service's login may emit and may not read them; it may count them.
CREATE FUNCTION emitted() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$ SELECT count(*) FROM outbox.event $$;
