package dev.aftercommit.relay.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AcknowledgementTest {
    @Test
    void aSequenceAboveZeroIsStored() {
        assertThat(parse("{\"stream\":\"OUTBOX_A\", \"seq\":42}")).isEqualTo(new Acknowledgement.Stored(42, false));
        assertThat(parse("{\"stream\":\"OUTBOX_A\",\"domain\":\"hub\",\"seq\": 42,\"duplicate\": true}"))
                .isEqualTo(new Acknowledgement.Stored(42, true));
        assertThat(parse("{\"stream\":\"OUTBOX_A\",\"seq\":9007199254740993}"))
                .isEqualTo(new Acknowledgement.Stored(9007199254740993L, false));
    }

    /** "Known, but not stored": what events are lost by when it is taken for success. */
    @Test
    void aDuplicateWithSequenceZeroIsNoSuccess() {
        assertThat(parse("{\"stream\":\"OUTBOX_A\",\"seq\":0,\"duplicate\":true}"))
                .isInstanceOf(Acknowledgement.Retryable.class);
    }

    @ParameterizedTest
    @CsvSource({"10071, wrong last sequence: 7", "10164, wrong last sequence"})
    void aWrongLastSequenceIsAFence(int code, String description) {
        assertThat(parse(error(400, code, description)))
                .isEqualTo(new Acknowledgement.Fenced(description + " (" + code + ")"));
    }

    @ParameterizedTest
    @ValueSource(ints = {10158, 10167, 10008, 10009, 10074})
    void whatPassesIsTriedAgain(int code) {
        assertThat(parse(error(503, code, "busy"))).isEqualTo(new Acknowledgement.Retryable("busy (" + code + ")"));
    }

    @ParameterizedTest
    @ValueSource(ints = {10060, 10077, 10023})
    void whatDoesNotPassByItselfIsARejection(int code) {
        assertThat(parse(error(400, code, "no"))).isEqualTo(new Acknowledgement.Rejected("no (" + code + ")"));
    }

    @ParameterizedTest
    @CsvSource({"10054, message size exceeds maximum allowed", "10097, header size exceeds maximum allowed of 64k"})
    void whatIsTooLargeIsRefusedForItsOwnSake(int code, String description) {
        assertThat(parse(error(400, code, description)))
                .isEqualTo(new Acknowledgement.Refused(description + " (" + code + ")"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "hello", "{\"seq\":}", "{\"seq\":-5}", "{\"seq\":\"12\"}", "\0\0\0"})
    void garbageIsNoSuccess(String body) {
        assertThat(parse(body)).isInstanceOf(Acknowledgement.Retryable.class);
    }

    @Test
    void randomBytesAreNeverASuccess() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            byte[] body = new byte[random.nextInt(64)];
            random.nextBytes(body);
            assertThat(Acknowledgement.parse(body)).isNotInstanceOf(Acknowledgement.Stored.class);
        }
    }

    private static String error(int status, int code, String description) {
        return "{\"error\":{\"code\":" + status + ",\"err_code\":" + code + ",\"description\":\"" + description
                + "\"},\"stream\":\"OUTBOX_A\",\"seq\":0}";
    }

    private static Acknowledgement parse(String body) {
        return Acknowledgement.parse(body.getBytes(StandardCharsets.UTF_8));
    }
}
