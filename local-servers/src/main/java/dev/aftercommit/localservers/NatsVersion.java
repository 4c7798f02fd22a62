package dev.aftercommit.localservers;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of nats-server. */
record NatsVersion(int major, int minor, int patch) implements Comparable<NatsVersion> {
    /** The first whose JetStream has all that the relay and the consumers ask of it. */
    static final NatsVersion OLDEST_SUPPORTED = new NatsVersion(2, 10, 27);

    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)");
    private static final Comparator<NatsVersion> ORDER = Comparator.comparingInt(NatsVersion::major)
            .thenComparingInt(NatsVersion::minor)
            .thenComparingInt(NatsVersion::patch);

    /** The first version that a text has, such as "nats-server: v2.10.27". */
    static Optional<NatsVersion> in(String text) {
        Matcher matcher = VERSION.matcher(text);
        return matcher.find()
                ? Optional.of(new NatsVersion(number(matcher, 1), number(matcher, 2), number(matcher, 3)))
                : Optional.empty();
    }

    boolean isSupported() {
        return compareTo(OLDEST_SUPPORTED) >= 0;
    }

    /** Whether this is a version of a line such as "2.10": 2.10.27 is, 2.1.0 and 2.100.0 are not. */
    boolean isOf(String line) {
        return (this + ".").startsWith(line.endsWith(".") ? line : line + ".");
    }

    @Override
    public int compareTo(NatsVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }
}
