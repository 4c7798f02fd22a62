package dev.aftercommit.testkit.internal.fuzz;

import java.util.ArrayList;
import java.util.List;

/**
 * What a schedule has led to.
 *
 * @param rows what the test's queries return, a line each
 * @param held events that are parked after all, a line each
 */
record Outcome(List<String> rows, List<String> held) {
    private static final int SHOWN = 20;

    Outcome {
        rows = List.copyOf(rows);
        held = List.copyOf(held);
    }

    /** What is here and not there, and the other way round. */
    String differencesFrom(Outcome inOrder) {
        StringBuilder text = new StringBuilder();
        append(text, "only in order", without(inOrder.rows, rows));
        append(text, "only here", without(rows, inOrder.rows));
        append(text, "not handled here", held);
        return text.isEmpty() ? "\n  the same rows in another order" : text.toString();
    }

    private static void append(StringBuilder text, String where, List<String> lines) {
        lines.stream()
                .limit(SHOWN)
                .forEach(line -> text.append("\n  ").append(where).append(": ").append(line));
        if (lines.size() > SHOWN) {
            text.append("\n  ")
                    .append(where)
                    .append(": ... and ")
                    .append(lines.size() - SHOWN)
                    .append(" more");
        }
    }

    private static List<String> without(List<String> lines, List<String> others) {
        List<String> rest = new ArrayList<>(lines);
        others.forEach(rest::remove);
        return rest;
    }
}
