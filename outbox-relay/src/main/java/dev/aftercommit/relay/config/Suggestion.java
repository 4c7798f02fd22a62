package dev.aftercommit.relay.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds what somebody meant by a misspelt name. */
final class Suggestion {
    private Suggestion() {}

    /** Such as {@code "; did you mean OUTBOX_NATS_URL?"}; empty when nothing comes near. */
    static String of(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.<String>comparingInt(candidate -> distance(name, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(best -> distance(name, best) <= Math.max(3, name.length() / 3))
                .map(best -> "; did you mean " + best + "?")
                .orElse("");
    }

    /** How many letters have to be put in, taken out, replaced, or swapped with their neighbour. */
    private static int distance(String a, String b) {
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int replace = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                edits[i][j] = Math.min(replace, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
                }
            }
        }
        return edits[a.length()][b.length()];
    }
}
