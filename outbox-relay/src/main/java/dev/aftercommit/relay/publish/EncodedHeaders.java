package dev.aftercommit.relay.publish;

import dev.aftercommit.contract.HeaderNames;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;

/**
 * Headers that are encoded already. jnats would keep them in two maps and copy those at each publish, which costs a
 * quarter of the relay's CPU.
 */
final class EncodedHeaders extends Headers {
    private static final byte[] EXPECTED =
            (HeaderNames.NATS_EXPECTED_LAST_SEQUENCE + ':').getBytes(StandardCharsets.US_ASCII);

    /** Digits of the largest sequence. */
    private static final int DIGITS = 20;

    private final byte[] block;
    private final byte[] sequence;

    /**
     * @param block as {@link dev.aftercommit.relay.routing.OutboundMessage#headers()}
     * @param expectedLastSequence what the stream's last sequence must be for the message to be stored
     */
    EncodedHeaders(byte[] block, long expectedLastSequence) {
        super(null, true);
        this.block = block;
        this.sequence = Long.toString(expectedLastSequence).getBytes(StandardCharsets.US_ASCII);
    }

    /** How long a block becomes with any expected sequence. */
    static int lengthAtMost(byte[] block) {
        return block.length + EXPECTED.length + DIGITS + 4;
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public int serializedLength() {
        return block.length + EXPECTED.length + sequence.length + 4;
    }

    @Override
    public byte[] getSerialized() {
        byte[] serialized = new byte[serializedLength()];
        serializeToArray(0, serialized);
        return serialized;
    }

    @Override
    public int serializeToArray(int destPosition, byte[] dest) {
        int at = destPosition;
        System.arraycopy(block, 0, dest, at, block.length);
        at += block.length;
        System.arraycopy(EXPECTED, 0, dest, at, EXPECTED.length);
        at += EXPECTED.length;
        System.arraycopy(sequence, 0, dest, at, sequence.length);
        at += sequence.length;
        dest[at++] = '\r';
        dest[at++] = '\n';
        dest[at++] = '\r';
        dest[at++] = '\n';
        return at - destPosition;
    }
}
