package dev.aftercommit.demo.directory;

import dev.aftercommit.demo.Settings;
import dev.aftercommit.demo.consuming.ConsumingParts;
import dev.aftercommit.demo.consuming.ConsumingService;
import io.javalin.config.RoutesConfig;
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

        Parts(DataSource dataSource) {
            this.directory = new Directory(dataSource);
        }

        @Override
        public Object handlers() {
            return new DirectoryHandlers();
        }

        @Override
        public void register(RoutesConfig routes) {
            new DirectoryRoutes(directory).register(routes);
        }
    }
}
