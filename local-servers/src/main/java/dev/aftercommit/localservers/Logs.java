package dev.aftercommit.localservers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads what a process wrote, for the message of a failure. */
final class Logs {
    private static final int LINES = 20;

    private Logs() {}

    static long size(Path log) {
        try {
            return Files.size(log);
        } catch (IOException e) {
            return 0;
        }
    }

    /** What was written from this byte on. */
    static String since(Path log, long offset) {
        try {
            byte[] all = Files.readAllBytes(log);
            int from = (int) Math.min(offset, all.length);
            return new String(all, from, all.length - from, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** The last lines, as the end of a message. */
    static String tail(Path log) {
        List<String> lines = since(log, 0).lines().toList();
        List<String> last = lines.subList(Math.max(0, lines.size() - LINES), lines.size());
        return "; its log ends:\n" + String.join("\n", last);
    }
}
