package dev.aftercommit.relay.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds what somebody meant by a misspelt name. */
final class Suggestion {
    private Suggestion() {}

    /**
     * Such as {@code "; did you mean OUTBOX_NATS_URL?"}; empty when nothing comes near.
     *
     * @param prefix with which every name begins, so that it says nothing
     */
    static String of(String name, String prefix, Collection<String> known) {
        String own = without(prefix, name);
        return known.stream()
                .min(Comparator.<String>comparingInt(candidate -> strangeness(own, without(prefix, candidate)))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(best -> strangeness(own, without(prefix, best)) <= Math.max(2, own.length() / 3))
                .map(best -> "; did you mean " + best + "?")
                .orElse("");
    }

    private static String without(String prefix, String name) {
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }

    /** Who leaves out the first word means a name that ends alike. */
    private static int strangeness(String name, String candidate) {
        return candidate.endsWith('_' + name) || candidate.endsWith('-' + name) ? 1 : distance(name, candidate);
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
