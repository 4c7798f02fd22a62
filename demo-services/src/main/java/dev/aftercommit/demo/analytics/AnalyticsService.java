package dev.aftercommit.demo.analytics;

import dev.aftercommit.demo.Json;
import dev.aftercommit.demo.Settings;
import dev.aftercommit.demo.consuming.ConsumingParts;
import dev.aftercommit.demo.consuming.ConsumingService;
import io.javalin.config.RoutesConfig;
import javax.sql.DataSource;

/** analytics-service: how many accounts were opened in each minute. Its prefix of settings is {@code ANALYTICS}. */
public final class AnalyticsService {
    /** Where it listens unless set otherwise. */
    public static final int DEFAULT_PORT = 8083;

    private AnalyticsService() {}

    /** Brings the tables up to date, listens, and begins to count. */
    public static ConsumingService start(Settings settings) {
        return ConsumingService.start(settings, "analytics", DEFAULT_PORT, Parts::new);
    }

    private static final class Parts implements ConsumingParts {
        private final AccountsPerMinute accounts;

        Parts(DataSource dataSource) {
            this.accounts = new AccountsPerMinute(dataSource);
        }

        @Override
        public Object handlers() {
            return new AnalyticsHandlers();
        }

        @Override
        public void register(RoutesConfig routes) {
            routes.get(
                    "/minutes", http -> http.contentType("application/json").result(Json.write(accounts.overview())));
        }
    }
}
