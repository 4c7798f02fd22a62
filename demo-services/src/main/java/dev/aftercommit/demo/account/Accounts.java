package dev.aftercommit.demo.account;

import static dev.aftercommit.demo.account.RefusedRequestException.CONFLICT;
import static dev.aftercommit.demo.account.RefusedRequestException.NO_SUCH_ACCOUNT;
import static dev.aftercommit.demo.account.RefusedRequestException.WRONG_PASSWORD;

import dev.aftercommit.demo.account.Requests.NewAccount;
import dev.aftercommit.demo.account.event.AccountCreated;
import dev.aftercommit.demo.account.event.AccountDeleted;
import dev.aftercommit.demo.account.event.AccountEmailChanged;
import dev.aftercommit.demo.account.event.AccountLoggedIn;
import dev.aftercommit.producer.Outbox;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.TransactionalCallable;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The accounts. Each change and its event are one transaction: both are there afterwards, or neither. Thread-safe. */
final class Accounts {
    private final DSLContext sql;
    private final Passwords passwords;

    Accounts(DataSource dataSource, Passwords passwords) {
        this.sql = DSL.using(dataSource, SQLDialect.POSTGRES);
        this.passwords = passwords;
    }

    long create(NewAccount account) {
        return create(account.username(), account.email(), passwords.hash(account.password()));
    }

    /** As {@link #create(NewAccount)}, for a password that has been hashed already. */
    long create(String username, String email, String hash) {
        return changing(tx -> {
            Record row = tx.dsl()
                    .fetchSingle(
                            "INSERT INTO accounts (username, email, password) VALUES (?, ?, ?)"
                                    + " RETURNING user_id, version, created_on",
                            username,
                            email,
                            hash);
            long userId = row.get("user_id", Long.class);
            Outbox.emit(tx, new AccountCreated(userId, version(row), username, email, instant(row, "created_on")));
            return userId;
        });
    }

    void changeEmail(long userId, String email) {
        changing(tx -> {
            Record row = existing(
                    userId,
                    tx.dsl()
                            .fetchOne(
                                    "UPDATE accounts SET email = ?, version = version + 1 WHERE user_id = ?"
                                            + " RETURNING version",
                                    email,
                                    userId));
            return Outbox.emit(tx, new AccountEmailChanged(userId, version(row), email));
        });
    }

    void logIn(long userId, String password) {
        // Outside the transaction: deriving a hash takes long, and a locked row would make others wait for it.
        String hash = existing(userId, sql.fetchOne("SELECT password FROM accounts WHERE user_id = ?", userId))
                .get("password", String.class);
        if (!Passwords.matches(password, hash)) {
            throw new RefusedRequestException(WRONG_PASSWORD, "That is not the password of account " + userId + ".");
        }
        changing(tx -> {
            Record row = existing(
                    userId,
                    tx.dsl()
                            .fetchOne(
                                    "UPDATE accounts SET last_login = clock_timestamp(), version = version + 1"
                                            + " WHERE user_id = ? RETURNING version, last_login",
                                    userId));
            return Outbox.emit(tx, new AccountLoggedIn(userId, version(row), instant(row, "last_login")));
        });
    }

    void delete(long userId) {
        changing(tx -> {
            Record row = existing(
                    userId,
                    tx.dsl()
                            .fetchOne(
                                    "DELETE FROM accounts WHERE user_id = ? RETURNING version + 1 AS version", userId));
            return Outbox.emit(tx, new AccountDeleted(userId, version(row)));
        });
    }

    /** The newest accounts, newest first. */
    List<Account> newest(int limit) {
        return sql.fetch(
                        "SELECT user_id, username, email, created_on, last_login FROM accounts"
                                + " ORDER BY user_id DESC LIMIT ?",
                        limit)
                .map(row -> new Account(
                        row.get("user_id", Long.class),
                        row.get("username", String.class),
                        row.get("email", String.class),
                        instant(row, "created_on"),
                        instantOrNull(row, "last_login")));
    }

    long count() {
        return sql.fetchSingle("SELECT count(*) FROM accounts").get(0, Long.class);
    }

    /** How many events the transactions so far have left in the outbox. */
    long emitted() {
        return sql.fetchSingle("SELECT emitted()").get(0, Long.class);
    }

    private <T> T changing(TransactionalCallable<T> change) {
        try {
            return sql.transactionResult(change);
        } catch (IntegrityConstraintViolationException e) {
            throw new RefusedRequestException(CONFLICT, "Another account has that username or e-mail address.", e);
        }
    }

    private static Record existing(long userId, @Nullable Record row) {
        if (row == null) {
            throw new RefusedRequestException(NO_SUCH_ACCOUNT, "There is no account " + userId + ".");
        }
        return row;
    }

    private static long version(Record row) {
        return row.get("version", Long.class);
    }

    private static Instant instant(Record row, String column) {
        return row.get(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant instantOrNull(Record row, String column) {
        OffsetDateTime time = row.get(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
