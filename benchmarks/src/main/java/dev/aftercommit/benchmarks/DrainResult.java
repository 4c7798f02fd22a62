package dev.aftercommit.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * What one drain took.
 *
 * @param stored messages in the stream at the end; more than events when some came twice
 * @param peakMegabytes resident memory of the relay at its highest
 */
record DrainResult(String relay, int events, long stored, Times times, Cpu cpu, Warm warm, OptionalLong peakMegabytes) {
    /** When the process was started, and when the server stored the first and the last message. */
    record Times(Instant begun, Instant first, Instant last) {}

    /** User and system time, for the relay from the start of its process. */
    record Cpu(Duration relay, Duration walsender, Duration nats) {}

    /** The second half of the events. */
    record Warm(long events, Duration took, Duration relayCpu) {
        double rate() {
            return events / ProcessUsage.seconds(took);
        }

        double microsAnEvent() {
            return ProcessUsage.seconds(relayCpu) * 1e6 / events;
        }
    }

    double rate() {
        return events / ProcessUsage.seconds(Duration.between(times.first(), times.last()));
    }

    double wholeRate() {
        return events / ProcessUsage.seconds(Duration.between(times.begun(), times.last()));
    }

    double relayCpu() {
        return per100k(cpu.relay());
    }

    double per100k(Duration time) {
        return ProcessUsage.seconds(time) * 100_000 / events;
    }
}
