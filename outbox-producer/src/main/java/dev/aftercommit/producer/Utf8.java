package dev.aftercommit.producer;

/** Text as PostgreSQL stores it. */
final class Utf8 {
    /** What {@link #length} returns for text that PostgreSQL cannot store, or not without changing it. */
    static final long NOT_STORABLE = -1;

    private Utf8() {}

    /**
     * How many bytes the text has. {@link #NOT_STORABLE} when it holds a NUL character, which PostgreSQL's text cannot,
     * or half of a surrogate pair, which the JDBC driver would replace by a question mark without a word.
     */
    static long length(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return NOT_STORABLE;
            } else if (c < 0x80) {
                bytes += 1;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                return NOT_STORABLE;
            }
        }
        return bytes;
    }
}
