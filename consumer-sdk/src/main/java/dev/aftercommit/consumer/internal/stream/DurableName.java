package dev.aftercommit.consumer.internal.stream;

import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * How a parallel consumer is called in JetStream: by its name, as far as that is legal there, and a fingerprint of all that
 * what was acknowledged depends on. Where any of it changes, another JetStream consumer is made, behind the checkpoint: what
 * was said to the one before, also what is still on its way to it, is about another past.
 *
 * @param text letters, digits, {@code _} and {@code -}
 */
public record DurableName(String text) {
    private static final int READABLE = 40;
    private static final int FINGERPRINT_BYTES = 8;

    /**
     * Of the consumer in one database, for one stream.
     *
     * @param database which one it is, and since when it runs: one that was restored knows less than it did
     * @param start the request that set the checkpoint last
     */
    public static DurableName of(ConsumerIdentity identity, String database, StreamIdentity stream, long start) {
        String readable = identity.consumer().replaceAll("[^A-Za-z0-9_-]", "_");
        String all = String.join(
                "\n", identity.toString(), database, stream.stream(), String.valueOf(stream.branch()), "" + start);
        return new DurableName(readable.substring(0, Math.min(readable.length(), READABLE)) + '-' + fingerprint(all));
    }

    private static String fingerprint(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
