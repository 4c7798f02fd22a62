-- The logins of directory-service's database, each with what it needs. Run by a superuser when the database is made.

-- Makes the tables, those of the inbox too, and owns them.
CREATE ROLE directory_owner LOGIN PASSWORD 'directory-owner-demo';
GRANT CREATE ON DATABASE directory TO directory_owner;
GRANT CREATE ON SCHEMA public TO directory_owner;

-- Handles events, moves its checkpoint, and takes parked events out again.
CREATE ROLE directory_service LOGIN PASSWORD 'directory-service-demo';
ALTER DEFAULT PRIVILEGES FOR ROLE directory_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO directory_service;
CREATE SCHEMA inbox AUTHORIZATION directory_owner;
GRANT USAGE ON SCHEMA inbox TO directory_service;
ALTER DEFAULT PRIVILEGES FOR ROLE directory_owner IN SCHEMA inbox
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO directory_service;
