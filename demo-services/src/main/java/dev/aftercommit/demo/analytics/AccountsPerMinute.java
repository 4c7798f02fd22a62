package dev.aftercommit.demo.analytics;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;

/** Reads what was counted. Thread-safe. */
final class AccountsPerMinute {
    private static final int SHOWN = 60;

    private final DSLContext sql;

    AccountsPerMinute(DataSource dataSource) {
        this.sql = DSL.using(dataSource, SQLDialect.POSTGRES);
    }

    /** The accounts that were opened in the minute that begins then. */
    record Minute(Instant begin, long accounts) {}

    /**
     * What {@code GET /minutes} answers.
     *
     * @param accounts all that were counted
     * @param lists by how many calls of the handler
     * @param minutes the last 60 in which accounts were opened, the newest first
     */
    record Overview(long accounts, long lists, List<Minute> minutes) {}

    Overview overview() {
        Record all = sql.fetchSingle(
                "SELECT coalesce(sum(accounts), 0) AS accounts, coalesce(sum(lists), 0) AS lists FROM accounts_per_minute");
        return new Overview(
                all.get("accounts", Long.class),
                all.get("lists", Long.class),
                sql.fetch(
                                "SELECT minute, sum(accounts) AS accounts FROM accounts_per_minute"
                                        + " GROUP BY minute ORDER BY minute DESC LIMIT ?",
                                SHOWN)
                        .map(row -> new Minute(
                                row.get("minute", OffsetDateTime.class).toInstant(), row.get("accounts", Long.class))));
    }
}
