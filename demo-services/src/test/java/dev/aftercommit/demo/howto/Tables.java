package dev.aftercommit.demo.howto;

import dev.aftercommit.localservers.Sql;
import dev.aftercommit.testkit.DatabaseSchema;
import javax.sql.DataSource;

final class Tables implements DatabaseSchema {
    @Override
    public void create(DataSource database) {
        Sql.execute(database, "CREATE TABLE account (id text PRIMARY KEY)");
        Sql.execute(database, "CREATE TABLE directory (id text PRIMARY KEY, email text)");
    }
}
