package dev.aftercommit.crash.check;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.IntPredicate;

/** How the contract writes texts into headers and subjects. */
final class Encoding {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Encoding() {}

    /** A header's value: space, {@code "}, {@code %} and what is no printable ASCII as {@code %HH}. */
    static String percent(String text) {
        return escape(text, '%', b -> b > ' ' && b < 0x7f && b != '"' && b != '%');
    }

    /** A token of a subject: what is outside of {@code [A-Za-z0-9_-]} as {@code =HH}. */
    static String token(String text) {
        return escape(
                text,
                '=',
                b -> (b >= 'A' && b <= 'Z')
                        || (b >= 'a' && b <= 'z')
                        || (b >= '0' && b <= '9')
                        || b == '_'
                        || b == '-');
    }

    /** FNV-1a of 32 bits over the UTF-8 bytes, modulo the number of partitions. */
    static int partition(String aggregateId, int partitions) {
        int hash = 0x811c9dc5;
        for (byte b : aggregateId.getBytes(StandardCharsets.UTF_8)) {
            hash ^= b & 0xff;
            hash *= 16_777_619;
        }
        return (int) (Integer.toUnsignedLong(hash) % partitions);
    }

    private static String escape(String text, char mark, IntPredicate isPlain) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain.test(b & 0xff)) {
                escaped.append((char) b);
            } else {
                escaped.append(mark).append(HEX.toHexDigits(b));
            }
        }
        return escaped.toString();
    }
}
