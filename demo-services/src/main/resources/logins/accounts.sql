-- The logins of account-service's database, each with what it needs. Run by a superuser when the database is made.

-- The migrations would make these two, if they ran as a role that may.
CREATE ROLE outbox_writer;
CREATE ROLE outbox_relay;

-- Makes the tables, those of the outbox too, and owns them.
CREATE ROLE accounts_owner LOGIN PASSWORD 'accounts-owner-demo';
GRANT CREATE ON DATABASE accounts TO accounts_owner;
GRANT CREATE ON SCHEMA public TO accounts_owner;

-- Changes accounts, and emits.
CREATE ROLE account_service LOGIN PASSWORD 'account-service-demo' IN ROLE outbox_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE accounts_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO account_service;

-- REPLICATION is of the login alone: no membership brings it.
CREATE ROLE relay LOGIN REPLICATION PASSWORD 'relay-demo' IN ROLE outbox_relay;
