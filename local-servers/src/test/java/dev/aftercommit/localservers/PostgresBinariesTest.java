package dev.aftercommit.localservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PostgresBinariesTest {
    @Test
    void theEnvironmentSaysWhichVersionAServerHasThatNamesNone() {
        assertThat(PostgresBinaries.defaultMajorVersion(Map.of())).isEqualTo(18);
        assertThat(PostgresBinaries.defaultMajorVersion(Map.of("AFTERCOMMIT_POSTGRES_VERSION", "")))
                .isEqualTo(18);
        assertThat(PostgresBinaries.defaultMajorVersion(Map.of("AFTERCOMMIT_POSTGRES_VERSION", "14")))
                .isEqualTo(14);
    }

    @Test
    void whatIsNoMajorVersionIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> PostgresBinaries.defaultMajorVersion(Map.of("AFTERCOMMIT_POSTGRES_VERSION", "14.3")))
                .withMessage("AFTERCOMMIT_POSTGRES_VERSION is \"14.3\" instead of a major version such as 14");
    }
}
