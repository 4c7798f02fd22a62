-- The logins of analytics-service's database, each with what it needs. Run by a superuser when the database is made.

-- Makes the tables, those of the inbox too, and owns them.
CREATE ROLE analytics_owner LOGIN PASSWORD 'analytics-owner-demo';
GRANT CREATE ON DATABASE analytics TO analytics_owner;
GRANT CREATE ON SCHEMA public TO analytics_owner;

-- Handles events, moves its checkpoint, and takes parked events out again.
CREATE ROLE analytics_service LOGIN PASSWORD 'analytics-service-demo';
ALTER DEFAULT PRIVILEGES FOR ROLE analytics_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO analytics_service;
CREATE SCHEMA inbox AUTHORIZATION analytics_owner;
GRANT USAGE ON SCHEMA inbox TO analytics_service;
ALTER DEFAULT PRIVILEGES FOR ROLE analytics_owner IN SCHEMA inbox
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO analytics_service;
