package dev.aftercommit.demo.directory;

import java.util.List;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;

/** The names that nobody may have in the directory, and their rule. Thread-safe. */
final class ReservedNames {
    private static final Pattern NAME = Pattern.compile("[a-z]{3,40}");

    private final DSLContext sql;

    ReservedNames(DataSource dataSource) {
        this.sql = DSL.using(dataSource, SQLDialect.POSTGRES);
    }

    /**
     * Refuses a username that is a reserved name, or begins with one and a hyphen.
     *
     * @throws ReservedNameException when it does
     */
    static void requireFree(String username, DSLContext tx) {
        boolean reserved = tx.fetchSingle(
                        "SELECT EXISTS (SELECT FROM reserved_name WHERE ? = name OR starts_with(?, name || '-'))",
                        username,
                        username)
                .get(0, Boolean.class);
        if (reserved) {
            throw new ReservedNameException();
        }
    }

    List<String> all() {
        return sql.fetch("SELECT name FROM reserved_name ORDER BY name").getValues(0, String.class);
    }

    void reserve(String name) {
        sql.execute("INSERT INTO reserved_name VALUES (?) ON CONFLICT DO NOTHING", valid(name));
    }

    void free(String name) {
        sql.execute("DELETE FROM reserved_name WHERE name = ?", valid(name));
    }

    private static String valid(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("A reserved name is 3 to 40 small letters, such as admin.");
        }
        return name;
    }
}
