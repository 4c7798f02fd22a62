package dev.aftercommit.demo.directory;

import dev.aftercommit.demo.Json;
import dev.aftercommit.demo.directory.Directory.Cursor;
import dev.aftercommit.demo.directory.Directory.Entry;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.regex.Pattern;

/** The HTTP interface of directory-service: entries are read, since events feed them; names are reserved and freed. */
final class DirectoryRoutes {
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;
    private static final int DONE = 204;
    private static final Pattern LIMIT = Pattern.compile("\\d{1,6}");
    private static final Pattern CURSOR = Pattern.compile("\\d{1,18}(\\.\\d{1,18})?");

    private final Directory directory;
    private final ReservedNames reserved;

    DirectoryRoutes(Directory directory, ReservedNames reserved) {
        this.directory = directory;
        this.reserved = reserved;
    }

    /** What {@code GET /entries} answers. */
    record Overview(long total, long handled, long discarded, List<String> reservedNames, List<Entry> entries) {}

    void register(RoutesConfig routes) {
        routes.get("/entries", this::entries);
        routes.get("/handled", this::handled);
        routes.put("/reserved-names/{name}", http -> {
            reserved.reserve(http.pathParam("name"));
            http.status(DONE);
        });
        routes.delete("/reserved-names/{name}", http -> {
            reserved.free(http.pathParam("name"));
            http.status(DONE);
        });
    }

    private void entries(Context http) {
        String limit = http.queryParam("limit");
        int wanted = limit == null
                ? DEFAULT_LIMIT
                : Integer.parseInt(valid(limit, LIMIT, "limit is a number of at most 6 digits."));
        json(
                http,
                new Overview(
                        directory.count(),
                        directory.handled(),
                        directory.discarded(),
                        reserved.all(),
                        directory.newest(Math.min(wanted, MAX_LIMIT))));
    }

    private void handled(Context http) {
        String after = http.queryParam("after");
        json(
                http,
                directory.handledAfter(
                        after == null
                                ? Cursor.START
                                : Cursor.parse(valid(after, CURSOR, "after is what an earlier answer called next."))));
    }

    private static String valid(String value, Pattern pattern, String message) {
        if (!pattern.matcher(value).matches()) {
            throw new IllegalArgumentException(message);
        }
        return value;
    }

    private static void json(Context http, Object body) {
        http.contentType("application/json").result(Json.write(body));
    }
}
