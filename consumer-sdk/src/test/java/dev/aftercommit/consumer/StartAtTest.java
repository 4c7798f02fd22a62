package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.OutboxPosition;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StartAtTest {
    @Test
    void itsTextIsWhatIsRead() {
        assertThat(StartAt.parse("beginning")).isEqualTo(StartAt.beginning());
        assertThat(StartAt.parse("now")).isEqualTo(StartAt.now());
        assertThat(StartAt.parse("2026-11-24T10:00:00Z"))
                .isEqualTo(StartAt.time(Instant.parse("2026-11-24T10:00:00Z")));
        assertThat(StartAt.parse("00000001-00000000000004d2-00000000"))
                .isEqualTo(StartAt.position(new OutboxPosition(1, 1234, 0)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "2026-11-24", "00000001-4d2-0", "Beginning"})
    void whatIsNoPlaceIsRefusedWithThoseThatAre(String text) {
        assertThatThrownBy(() -> StartAt.parse(text))
                .isInstanceOfSatisfying(
                        AftercommitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTING))
                .hasMessageContainingAll("\"" + text + "\"", "beginning, now, a time such as");
    }
}
