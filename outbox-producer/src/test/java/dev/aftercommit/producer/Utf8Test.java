package dev.aftercommit.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {
    @ParameterizedTest
    @ValueSource(
            strings = {"", "a", "\u007f\u0080", "\u07ff\u0800", "\uffff", "\ud83d\ude00 x", "\ud83d\ude00\ud83d\ude00"})
    void theLengthIsThatOfTheBytes(String text) {
        assertThat(Utf8.length(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
    }

    @Test
    void nulAndHalvesOfSurrogatePairsAreNotStorable() {
        for (String text : new String[] {"a\0b", "\ud83d", "\ud83dx", "\ude00", "\ude00\ud83d", "\ud83d\ud83d\ude00"}) {
            assertThat(Utf8.length(text)).isEqualTo(Utf8.NOT_STORABLE);
        }
    }
}
