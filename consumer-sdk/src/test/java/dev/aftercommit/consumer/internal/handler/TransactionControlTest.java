package dev.aftercommit.consumer.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransactionControlTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "COMMIT",
                "commit;",
                " \n Commit Work",
                "END",
                "end transaction",
                "ABORT",
                "ROLLBACK",
                "rollback and chain",
                "ROLLBACK PREPARED 'x'",
                "COMMIT PREPARED 'x'",
                "PREPARE TRANSACTION 'x'",
                "INSERT INTO t VALUES (1); COMMIT",
                "INSERT INTO t VALUES ('a''b');commit",
                "INSERT INTO t VALUES (E'a\\'b'); commit",
                "SELECT $$a;b$$; COMMIT",
                "SELECT $x$ $$ $x$; COMMIT",
                "/* a /* nested */ comment */ COMMIT",
                "-- a comment\nCOMMIT",
                "SELECT 1 /* ; */ ; /**/ROLLBACK",
                "SELECT \"a\"\"b\";COMMIT",
                "(SELECT 1); COMMIT"
            })
    void thisEndsATransaction(String sql) {
        assertThat(TransactionControl.endsTransaction(sql)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ";",
                "SELECT 1",
                "ROLLBACK TO before",
                "ROLLBACK TO SAVEPOINT before",
                "rollback work to savepoint before",
                "SAVEPOINT commit",
                "RELEASE SAVEPOINT s",
                "PREPARE statement AS SELECT 1",
                "BEGIN",
                "SELECT 'a; COMMIT'",
                "SELECT E'a\\'; COMMIT'",
                "SELECT 'a''; COMMIT'",
                "SELECT $$; COMMIT$$",
                "SELECT $fn$; COMMIT; $$ $fn$",
                "SELECT \"; COMMIT\" FROM t",
                "SELECT 1 -- ; COMMIT",
                "SELECT 1 /* ; COMMIT */",
                "SELECT 1 /* /* */ ; COMMIT */",
                "UPDATE t SET state = 'x' WHERE commit = 1",
                "SELECT CASE WHEN a THEN 1 END",
                "INSERT INTO commits VALUES ($1)",
                "SELECT a$b; SELECT 1",
                "'not closed; COMMIT",
                "/* not closed; COMMIT"
            })
    void thisDoesNot(String sql) {
        assertThat(TransactionControl.endsTransaction(sql)).isFalse();
    }
}
