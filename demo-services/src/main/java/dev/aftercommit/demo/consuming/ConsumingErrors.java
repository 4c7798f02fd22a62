package dev.aftercommit.demo.consuming;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.demo.Json;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Map;
import org.jooq.exception.DataAccessException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What callers of a consuming service are told when something fails. */
final class ConsumingErrors {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumingErrors.class);

    private ConsumingErrors() {}

    static void register(RoutesConfig routes) {
        routes.exception(
                IllegalArgumentException.class, (e, http) -> answer(http, 400, String.valueOf(e.getMessage())));
        routes.exception(DataAccessException.class, ConsumingErrors::databaseFailed);
        routes.exception(AftercommitException.class, ConsumingErrors::databaseFailed);
    }

    private static void databaseFailed(Exception e, Context http) {
        LOG.warn("The database failed; the caller gets 503", e);
        answer(http, 503, "The service's database does not answer. Try again.");
    }

    static void answer(Context http, int status, String error) {
        http.status(status).contentType("application/json").result(Json.write(Map.of("error", error)));
    }
}
