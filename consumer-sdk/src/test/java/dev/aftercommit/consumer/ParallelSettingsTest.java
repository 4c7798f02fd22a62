package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What cannot be handled in parallel is said when the consumer is built. */
final class ParallelSettingsTest {
    static final class Bulk {
        @Handles(AccountCreated.class)
        void on(List<AccountCreated> events) {}
    }

    static final class Single {
        @Handles(AccountCreated.class)
        void on(AccountCreated event) {}
    }

    @Test
    void aHandlerOfAListIsRefused() {
        assertThatThrownBy(builder(new Bulk()).parallel(2)::build)
                .isInstanceOfSatisfying(
                        AftercommitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_HANDLER))
                .hasMessageContaining("no handler can take a list: " + Bulk.class.getName() + ".on(List)");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1_001})
    void aNumberThatIsNoneIsRefused(int atATime) {
        assertThatThrownBy(builder(new Single()).parallel(atATime)::build)
                .isInstanceOf(AftercommitException.class)
                .hasMessageContaining("parallel(" + atATime + "): 1 to 1000");
    }

    @Test
    void theStatusSaysFromTheBeginningThatItIsParallel() {
        try (OutboxConsumer consumer = builder(new Single()).parallel(3).build()) {
            assertThat(consumer.status().parallel()).isEqualTo(ParallelStatus.notYet(3));
        }
    }

    private static OutboxConsumerBuilder builder(Object handlers) {
        return OutboxConsumer.builder()
                .name("mailer")
                .source("accounts")
                .dataSource(new PGSimpleDataSource())
                .handlers(handlers);
    }
}
