#!/usr/bin/env bash
# Records what a start of the relay loads: record-start.sh JAR CACHE writes an AOT cache for the java on the path, 25 or
# newer. The start is a real one that publishes events, on a PostgreSQL and a nats-server of its own, both on the path, too.
set -euo pipefail
jar=$1 cache=$2 events=2000
work=$(mktemp -d)
relay='' nats=''

end() {
  for process in $relay $nats; do kill "$process" 2>/dev/null || true; done
  pg_ctl -s -D "$work/data" -m immediate stop 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT

sql() { psql -qAt -v ON_ERROR_STOP=1 -h "$work" -U postgres -c "$1"; }

await() {
  for ((i = 0; i < 600; i++)); do
    [ "$(sql "$1")" != t ] || return 0
    sleep 0.1
  done
  echo "In vain waited for: $1" >&2
  return 1
}

initdb -D "$work/data" -A trust -U postgres -E UTF8 --no-locale >/dev/null
pg_ctl -s -w -D "$work/data" -l "$work/postgres.log" \
  -o "-c wal_level=logical -c listen_addresses=127.0.0.1 -c unix_socket_directories=$work" start
nats-server --addr 127.0.0.1 --jetstream --store_dir "$work/streams" --log "$work/nats.log" &
nats=$!

export OUTBOX_SOURCE=accounts OUTBOX_DATABASE_URL=jdbc:postgresql://127.0.0.1/postgres OUTBOX_DATABASE_USER=postgres \
  OUTBOX_DATABASE_PASSWORD=none OUTBOX_NATS_URL=nats://127.0.0.1 OUTBOX_HTTP_PORT=0
java -jar "$jar" migrate
java -XX:AOTCacheOutput="$cache" -Xlog:aot=error -jar "$jar" run &
relay=$!
await 'SELECT count(*) > 0 FROM pg_replication_slots WHERE active'
sql "INSERT INTO outbox.event (id, aggregate_type, aggregate_id, event_type, payload)
     SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n), 3, '0')
             || '8000000000000000')::uuid,
            'account', 'account-' || n, 'AccountTouched', json_build_object('number', n)
       FROM generate_series(1, $events) AS n"
await "SELECT COALESCE(sum(events), 0) = $events FROM outbox.journal"
kill "$relay"
wait "$relay"
test -s "$cache"
