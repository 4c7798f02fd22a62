package dev.aftercommit.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/** What the numbers were measured on: without it they say nothing. */
final class Machine {
    private Machine() {}

    static String describe(Servers servers) throws SQLException {
        return "Machine: " + Runtime.getRuntime().availableProcessors() + " cores of " + cpuModel() + ", load average "
                + loadAverage() + " at the start\n" + "Versions: PostgreSQL " + servers.query("SHOW server_version")
                + " (fsync " + servers.query("SHOW fsync") + "), nats-server "
                + servers.nats().version() + " (file storage), JDK " + System.getProperty("java.vm.version") + " on "
                + System.getProperty("os.name") + " " + System.getProperty("os.arch");
    }

    private static String cpuModel() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown model");
        } catch (IOException e) {
            return "unknown model";
        }
    }

    private static String loadAverage() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
        } catch (IOException e) {
            return "unknown";
        }
    }
}
