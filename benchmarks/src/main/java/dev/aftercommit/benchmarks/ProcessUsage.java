package dev.aftercommit.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/** What a process has used so far, as the operating system counts it. */
record ProcessUsage(long pid) {
    /** User and system time of all its threads, in steps of 10 ms; zero when it is gone. */
    Duration cpu() {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }

    /** The most memory it ever had resident, in MB; only Linux tells. */
    OptionalLong peakMegabytes() {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
