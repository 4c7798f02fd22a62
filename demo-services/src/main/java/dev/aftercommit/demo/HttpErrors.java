package dev.aftercommit.demo;

import dev.aftercommit.contract.AftercommitException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Map;
import org.jooq.exception.DataAccessException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What callers of a program over HTTP are told when something fails. */
public final class HttpErrors {
    private static final Logger LOG = LoggerFactory.getLogger(HttpErrors.class);

    private HttpErrors() {}

    /** Answers 400 to what cannot be, and 503 where the database failed. */
    public static void register(RoutesConfig routes) {
        routes.exception(
                IllegalArgumentException.class, (e, http) -> answer(http, 400, String.valueOf(e.getMessage())));
        routes.exception(DataAccessException.class, HttpErrors::databaseFailed);
        routes.exception(AftercommitException.class, HttpErrors::databaseFailed);
    }

    private static void databaseFailed(Exception e, Context http) {
        LOG.warn("The database failed; the caller gets 503", e);
        answer(http, 503, "The service's database does not answer. Try again.");
    }

    /** Answers with an error and its reason. */
    public static void answer(Context http, int status, String error) {
        http.status(status).contentType("application/json").result(Json.write(Map.of("error", error)));
    }
}
