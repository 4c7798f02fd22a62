-- The logins of notification-service's database, each with what it needs. Run by a superuser when the database is made.

-- Makes the tables, those of the inbox too, and owns them.
CREATE ROLE notification_owner LOGIN PASSWORD 'notification-owner-demo';
GRANT CREATE ON DATABASE notification TO notification_owner;
GRANT CREATE ON SCHEMA public TO notification_owner;

-- Handles events, moves its checkpoint, and takes parked events out again.
CREATE ROLE notification_service LOGIN PASSWORD 'notification-service-demo';
ALTER DEFAULT PRIVILEGES FOR ROLE notification_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO notification_service;
CREATE SCHEMA inbox AUTHORIZATION notification_owner;
GRANT USAGE ON SCHEMA inbox TO notification_service;
ALTER DEFAULT PRIVILEGES FOR ROLE notification_owner IN SCHEMA inbox
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO notification_service;
