package dev.aftercommit.demo.mail;

import dev.aftercommit.demo.mail.Sending.KeyOfAnother;
import dev.aftercommit.demo.mail.Sending.Sent;
import dev.aftercommit.demo.mail.Sending.Suppressed;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;

/** Sends mails, which here means to keep them, each once for its key; and the domains that get none. Thread-safe. */
final class SentMails {
    private final DSLContext sql;

    SentMails(DataSource dataSource) {
        this.sql = DSL.using(dataSource, SQLDialect.POSTGRES);
    }

    /** A mail that was sent. */
    record SentMail(UUID id, String to, String subject, Instant sentAt) {}

    /**
     * What {@code GET /emails} answers.
     *
     * @param total all mails
     * @param askedAgain requests for a mail that had been sent before
     * @param suppressions domains that get no mail
     * @param emails the newest ones, newest first
     */
    record Overview(long total, long askedAgain, List<String> suppressions, List<SentMail> emails) {}

    /** Sends a mail, unless one was sent with this key: one that was stays sent, also to a domain that gets none now. */
    Sending send(String key, Mail mail) {
        if (isSuppressed(mail) && !isKnown(key)) {
            return new Suppressed();
        }
        Record row = sql.fetchOne(
                "INSERT INTO mail AS known (idempotency_key, recipient, subject, text) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (idempotency_key) DO UPDATE SET asked = known.asked + 1"
                        + " WHERE (known.recipient, known.subject, known.text)"
                        + " = (excluded.recipient, excluded.subject, excluded.text) RETURNING id",
                key,
                mail.to(),
                mail.subject(),
                mail.text());
        return row == null ? new KeyOfAnother() : new Sent(row.get("id", UUID.class));
    }

    Overview overview(int limit) {
        Record all = sql.fetchSingle("SELECT count(*) AS total, coalesce(sum(asked - 1), 0) AS again FROM mail");
        return new Overview(
                all.get("total", Long.class),
                all.get("again", Long.class),
                sql.fetch("SELECT domain FROM suppression ORDER BY domain").getValues(0, String.class),
                sql.fetch("SELECT id, recipient, subject, sent_at FROM mail ORDER BY sent_at DESC LIMIT ?", limit)
                        .map(row -> new SentMail(
                                row.get("id", UUID.class),
                                row.get("recipient", String.class),
                                row.get("subject", String.class),
                                row.get("sent_at", OffsetDateTime.class).toInstant())));
    }

    void suppress(String domain) {
        sql.execute("INSERT INTO suppression VALUES (?) ON CONFLICT DO NOTHING", domain);
    }

    void lift(String domain) {
        sql.execute("DELETE FROM suppression WHERE domain = ?", domain);
    }

    private boolean isSuppressed(Mail mail) {
        return isThere(
                "SELECT EXISTS (SELECT FROM suppression WHERE ? = domain OR ? LIKE '%.' || domain)",
                mail.domain(), mail.domain());
    }

    private boolean isKnown(String key) {
        return isThere("SELECT EXISTS (SELECT FROM mail WHERE idempotency_key = ?)", key);
    }

    private boolean isThere(String question, String... bindings) {
        return sql.fetchSingle(question, (Object[]) bindings).get(0, Boolean.class);
    }
}
