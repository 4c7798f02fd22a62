package dev.aftercommit.demo.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SecretSearchTest {
    private static final String HASH = "pbkdf2-sha256$600$c2FsdHNhbHRzYWx0c2E$aGFzaGhhc2hoYXNoaGFzaA";

    private final SecretSearch search = new SecretSearch(List.of("correct horse", "battery staple", HASH));

    @Test
    void aPasswordIsFoundAtTheStartInTheMiddleAndAtTheEnd() {
        assertThat(search.isIn("correct horse, battery")).isTrue();
        assertThat(search.isIn("{\"password\":\"battery staple\"}")).isTrue();
        assertThat(search.isIn("it is correct horse")).isTrue();
    }

    @Test
    void aHashIsFoundByEachOfItsParts() {
        assertThat(search.isIn("x" + HASH + "x")).isTrue();
        assertThat(search.isIn("salt=c2FsdHNhbHRzYWx0c2E")).isTrue();
        assertThat(search.isIn("hash=aGFzaGhhc2hoYXNoaGFzaA")).isTrue();
        assertThat(search.count()).isEqualTo(5);
    }

    @Test
    void whatIsNotASecretIsNotFound() {
        assertThat(search.isIn("correct battery, horse staple, pbkdf2-sha256$600$"))
                .isFalse();
        assertThat(search.isIn("")).isFalse();
    }
}
