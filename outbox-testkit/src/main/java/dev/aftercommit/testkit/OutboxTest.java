package dev.aftercommit.testkit;

import dev.aftercommit.testkit.internal.junit.OutboxExtension;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests with PostgreSQL and NATS; for JUnit 5.12 and later.
 *
 * <pre>{@code
 * @OutboxTest(schema = AccountSchema.class)
 * class AccountsTest {
 *     @Test
 *     void anAccountIsTold(DataSource database, TestOutbox outbox) {
 *         outbox.emitted(() -> new Accounts(database).create("anna")).containsExactly(new AccountCreated("anna"));
 *     }
 * }
 * }</pre>
 *
 * <p>Constructors, lifecycle methods and tests take any of {@link OutboxFixture}, {@link javax.sql.DataSource},
 * {@link TestOutbox}, {@link TestRelay}, {@link TestInbox} and {@link HandlerFuzz}. All of a test are of the same fixture. The
 * servers are real ones, run on this machine, started by the first test that needs them and shared by all classes of the JVM;
 * {@link dev.aftercommit.localservers} says where they come from.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(OutboxExtension.class)
public @interface OutboxTest {
    /** Which tests share a database and a source. Default: each has its own. */
    Database database() default Database.PER_METHOD;

    /** The service's own tables, each class with a constructor without parameters. Default: none. */
    Class<? extends DatabaseSchema>[] schema() default {};

    /** Which tests share a database and a source. */
    enum Database {
        /** Each test has its own, also each invocation of a parameterized one. */
        PER_METHOD,
        /** All tests of the annotated class, with those of its nested classes, have one. */
        PER_CLASS
    }
}
