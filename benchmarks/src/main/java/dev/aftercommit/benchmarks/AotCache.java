package dev.aftercommit.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a start loads, recorded by an earlier one for the same Java and the same jar (docs/reference/relay.md). */
record AotCache(Path file) {
    private static final int FIRST_JAVA = 25;

    /** Whether this Java, which runs the relay, too, knows such caches. */
    static boolean isPossible() {
        return Runtime.version().feature() >= FIRST_JAVA;
    }

    static AotCache beside(Path jar) {
        return new AotCache(jar.resolveSibling("outbox-relay.aot"));
    }

    /** The JVM's arguments of a run that records: it writes the cache when it ends in order. */
    List<String> recorded(List<String> jvmArgs) {
        return with("-XX:AOTCacheOutput=", jvmArgs);
    }

    /** The JVM's arguments of a run that starts from the cache. */
    List<String> used(List<String> jvmArgs) {
        return with("-XX:AOTCache=", jvmArgs);
    }

    private List<String> with(String option, List<String> jvmArgs) {
        List<String> all = new ArrayList<>(jvmArgs);
        all.add(option + file);
        return all;
    }
}
