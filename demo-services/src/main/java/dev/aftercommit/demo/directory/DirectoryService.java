package dev.aftercommit.demo.directory;

import dev.aftercommit.demo.Settings;
import dev.aftercommit.demo.consuming.ConsumingParts;
import dev.aftercommit.demo.consuming.ConsumingService;
import io.javalin.config.RoutesConfig;
import java.util.UUID;
import javax.sql.DataSource;

/** directory-service: a copy of the accounts, without passwords. Its prefix of settings is {@code DIRECTORY}. */
public final class DirectoryService {
    /** Where it listens unless set otherwise. */
    public static final int DEFAULT_PORT = 8082;

    private DirectoryService() {}

    /** Brings the tables up to date, listens, and begins to handle events. */
    public static ConsumingService start(Settings settings) {
        return ConsumingService.start(settings, "directory", DEFAULT_PORT, Parts::new);
    }

    private static final class Parts implements ConsumingParts {
        private final Directory directory;
        private final ReservedNames reserved;

        Parts(DataSource dataSource) {
            this.directory = new Directory(dataSource);
            this.reserved = new ReservedNames(dataSource);
        }

        @Override
        public Object handlers() {
            return new DirectoryHandlers();
        }

        @Override
        public void register(RoutesConfig routes) {
            new DirectoryRoutes(directory, reserved).register(routes);
        }

        @Override
        public void discarded(UUID eventId) {
            directory.discarded(eventId);
        }
    }
}
