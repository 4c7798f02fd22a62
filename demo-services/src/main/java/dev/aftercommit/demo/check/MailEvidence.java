package dev.aftercommit.demo.check;

import static dev.aftercommit.demo.check.Query.count;
import static dev.aftercommit.demo.check.Query.read;

import dev.aftercommit.demo.check.Facts.Due;
import dev.aftercommit.demo.check.Facts.Held;
import dev.aftercommit.demo.check.Facts.Mail;
import dev.aftercommit.demo.check.Facts.Mails;
import dev.aftercommit.demo.check.People.Somebody;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Reads which mails there should be, what the mail gateway has sent, and what notification-service knows of it. */
final class MailEvidence {
    private static final String WITH_MAIL =
            " FROM outbox.event WHERE event_type IN ('AccountCreated', 'AccountEmailChanged')";

    private final DataSource accounts;
    private final DataSource notification;
    private final DataSource gateway;

    MailEvidence(ServerDatabases databases) {
        this.accounts = databases.accounts();
        this.notification = databases.notification();
        this.gateway = databases.mail();
    }

    int sent() throws SQLException {
        return count(gateway, "SELECT count(*) FROM mail");
    }

    int sentTo(List<Somebody> people) throws SQLException {
        String names =
                people.stream().map(somebody -> "'" + somebody.username() + "'").collect(Collectors.joining(", "));
        return count(gateway, "SELECT count(*) FROM mail WHERE split_part(recipient, '@', 1) IN (" + names + ")");
    }

    /** Whether notification-service has written to everybody. */
    boolean allSent() throws SQLException {
        return count(notification, "SELECT count(*) FROM sent_mail") >= count(accounts, "SELECT count(*)" + WITH_MAIL);
    }

    List<Held> held() throws SQLException {
        return Evidence.held(notification);
    }

    Mails gather() throws SQLException {
        return new Mails(
                read(
                        accounts,
                        "SELECT id, payload ->> 'email', CASE event_type WHEN 'AccountCreated' THEN 'Welcome'"
                                + " ELSE 'Your new address' END" + WITH_MAIL,
                        row -> new Due(row.getObject(1, UUID.class), new Mail(row.getString(2), row.getString(3)))),
                read(
                        gateway,
                        "SELECT recipient, subject FROM mail",
                        row -> new Mail(row.getString(1), row.getString(2))),
                count(gateway, "SELECT coalesce(sum(asked - 1), 0) FROM mail"),
                read(notification, "SELECT event_id FROM sent_mail", row -> row.getObject(1, UUID.class)));
    }
}
