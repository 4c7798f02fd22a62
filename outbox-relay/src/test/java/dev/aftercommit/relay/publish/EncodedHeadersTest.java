package dev.aftercommit.relay.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.impl.Headers;
import io.nats.client.support.IncomingHeadersProcessor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class EncodedHeadersTest {
    @Test
    void oneHeaderAndTheSequenceAreTheBytesThatJnatsWouldSend() {
        byte[] block = "NATS/1.0\r\n".getBytes(StandardCharsets.US_ASCII);
        Headers jnats = new Headers().put("Nats-Expected-Last-Sequence", "41");
        assertThat(new EncodedHeaders(block, 41).getSerialized()).isEqualTo(jnats.getSerialized());
    }

    @RepeatedTest(20)
    void whatTheyAreReadBackAsIsWhatJnatsOwnHeadersAreReadBackAs() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Headers jnats = new Headers();
        StringBuilder block = new StringBuilder("NATS/1.0\r\n");
        for (int i = random.nextInt(12); i > 0; i--) {
            String name = "name-" + i;
            String value = "v%20" + "x".repeat(random.nextInt(200)) + "!~;=\"'";
            jnats.put(name, value);
            block.append(name).append(':').append(value).append("\r\n");
        }
        long sequence = random.nextLong(Long.MAX_VALUE);
        jnats.put("Nats-Expected-Last-Sequence", Long.toString(sequence));
        EncodedHeaders encoded = new EncodedHeaders(block.toString().getBytes(StandardCharsets.US_ASCII), sequence);
        assertThat(encoded.serializedLength()).as("seed %d", seed).isEqualTo(jnats.serializedLength());
        assertThat(read(encoded.getSerialized())).as("seed %d", seed).isEqualTo(read(jnats.getSerialized()));
    }

    @Test
    void theyAreWrittenWhereJnatsWantsThem() {
        EncodedHeaders headers = new EncodedHeaders("NATS/1.0\r\na:b\r\n".getBytes(StandardCharsets.US_ASCII), 7);
        assertThat(headers.isEmpty()).isFalse();
        byte[] target = new byte[headers.serializedLength() + 10];
        assertThat(headers.serializeToArray(5, target)).isEqualTo(headers.serializedLength());
        assertThat(Arrays.copyOfRange(target, 5, 5 + headers.serializedLength()))
                .isEqualTo(headers.getSerialized());
        assertThat(target).startsWith(0, 0, 0, 0, 0).endsWith(0, 0, 0, 0, 0);
    }

    private static Headers read(byte[] serialized) {
        return new IncomingHeadersProcessor(serialized).getHeaders();
    }
}
