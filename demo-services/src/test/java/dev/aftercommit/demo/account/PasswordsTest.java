package dev.aftercommit.demo.account;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PasswordsTest {
    private final Passwords passwords = new Passwords(1_000);

    @Test
    void aPasswordMatchesItsHashAndNoOther() {
        String hash = passwords.hash("correct horse");

        assertThat(Passwords.matches("correct horse", hash)).isTrue();
        assertThat(Passwords.matches("Correct horse", hash)).isFalse();
    }

    @Test
    void aHashSaysHowItWasMadeAndNotOfWhat() {
        assertThat(passwords.hash("correct horse"))
                .startsWith("pbkdf2-sha256$1000$")
                .doesNotContain("correct")
                .isNotEqualTo(passwords.hash("correct horse"));
    }

    @Test
    void aHashMadeWithOtherIterationsStillMatches() {
        assertThat(Passwords.matches("correct horse", new Passwords(7).hash("correct horse")))
                .isTrue();
    }
}
