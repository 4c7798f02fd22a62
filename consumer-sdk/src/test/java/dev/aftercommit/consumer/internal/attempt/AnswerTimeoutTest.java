package dev.aftercommit.consumer.internal.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Connections as drivers and transaction managers wrap them. */
final class AnswerTimeoutTest {
    private final List<Object> set = new ArrayList<>();

    @Test
    void aBoundIsPutBackAndATighterOneStays() throws SQLException {
        try (AnswerTimeout bound = AnswerTimeout.over(connection(0))) {
            assertThat(bound.isSet()).isTrue();
        }
        assertThat(set).containsExactly(20_000, 0);
        try (AnswerTimeout bound = AnswerTimeout.over(connection(5_000))) {
            assertThat(bound.isSet()).isFalse();
        }
        assertThat(set).hasSize(2);
    }

    /** Else each event would be parked for it. */
    @Test
    void aConnectionThatKnowsNoBoundsIsUsedWithoutOne() throws SQLException {
        Connection strict = (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    throw new SQLFeatureNotSupportedException(method.getName());
                });
        try (AnswerTimeout bound = AnswerTimeout.over(strict)) {
            assertThat(bound.isSet()).isFalse();
        }
    }

    private Connection connection(int timeout) {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getNetworkTimeout")) {
                        return timeout;
                    }
                    set.add(arguments[1]);
                    return null;
                });
    }
}
