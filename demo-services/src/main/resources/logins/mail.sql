-- The logins of the mail gateway's database, each with what it needs. Run by a superuser when the database is made.

-- Makes the tables, and owns them.
CREATE ROLE mail_owner LOGIN PASSWORD 'mail-owner-demo';
GRANT CREATE ON SCHEMA public TO mail_owner;

-- Keeps what was sent. Nothing is ever taken back.
CREATE ROLE mail_gateway LOGIN PASSWORD 'mail-gateway-demo';
ALTER DEFAULT PRIVILEGES FOR ROLE mail_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mail_gateway;
