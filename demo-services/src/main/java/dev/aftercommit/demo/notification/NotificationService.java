package dev.aftercommit.demo.notification;

import dev.aftercommit.consumer.OutboxConsumerBuilder;
import dev.aftercommit.demo.Databases;
import dev.aftercommit.demo.Json;
import dev.aftercommit.demo.Settings;
import dev.aftercommit.demo.consuming.ConsumingParts;
import dev.aftercommit.demo.consuming.ConsumingService;
import io.javalin.config.RoutesConfig;
import java.util.Map;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;

/**
 * notification-service: a mail for each new account and each new address. Its prefix of settings is {@code NOTIFICATION};
 * {@code NOTIFICATION_MAIL_URL} is where the mail gateway listens.
 */
public final class NotificationService {
    /** Where it listens unless set otherwise. */
    public static final int DEFAULT_PORT = 8084;

    private NotificationService() {}

    /** Brings the tables up to date, listens, and begins to write mails. */
    public static ConsumingService start(Settings settings) {
        MailSender mails = new MailSender(settings.http("NOTIFICATION_MAIL_URL"));
        return ConsumingService.start(
                settings, "notification", DEFAULT_PORT, dataSource -> new Parts(dataSource, mails));
    }

    private static final class Parts implements ConsumingParts {
        /** Each waits for the gateway with a connection of the pool; some are left for the consumer and for HTTP. */
        private static final int MAILS_AT_A_TIME = Databases.POOL_SIZE - 4;

        private final DSLContext sql;
        private final MailSender mails;

        Parts(DataSource dataSource, MailSender mails) {
            this.sql = DSL.using(dataSource, SQLDialect.POSTGRES);
            this.mails = mails;
        }

        @Override
        public Object handlers() {
            return new NotificationHandlers(mails);
        }

        @Override
        public void configure(OutboxConsumerBuilder consumer) {
            consumer.parallel(MAILS_AT_A_TIME);
        }

        @Override
        public void register(RoutesConfig routes) {
            routes.get(
                    "/mails", http -> http.contentType("application/json").result(Json.write(Map.of("sent", sent()))));
        }

        private long sent() {
            return sql.fetchSingle("SELECT count(*) FROM sent_mail").get(0, Long.class);
        }
    }
}
