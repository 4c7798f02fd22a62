-- A row for each partition of a minute: partitions are handled side by side, and would wait for each other at a single row.
CREATE TABLE accounts_per_minute (
    minute    timestamptz NOT NULL,
    partition int         NOT NULL,
    accounts  bigint      NOT NULL,
    -- How many calls of the handler have counted them.
    lists     bigint      NOT NULL,
    PRIMARY KEY (minute, partition)
);
