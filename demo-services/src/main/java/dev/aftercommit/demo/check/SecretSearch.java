package dev.aftercommit.demo.check;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Looks for thousands of secrets in thousands of messages, byte by byte. Thread-safe. */
final class SecretSearch {
    private final Map<Integer, Set<String>> byLength = new TreeMap<>();
    private final int count;

    /** Searches for these, and for the parts of those that are password hashes. */
    SecretSearch(Collection<String> secrets) {
        Set<String> needles = new HashSet<>();
        for (String secret : secrets) {
            needles.add(secret);
            String[] parts = secret.split("\\$", -1);
            if (parts.length == 4) {
                needles.add(parts[2]);
                needles.add(parts[3]);
            }
        }
        for (String needle : needles) {
            byLength.computeIfAbsent(needle.length(), length -> new HashSet<>()).add(needle);
        }
        this.count = needles.size();
    }

    int count() {
        return count;
    }

    /** Whether one is in these bytes, given as one character a byte. */
    boolean isIn(String text) {
        for (Map.Entry<Integer, Set<String>> needles : byLength.entrySet()) {
            int length = needles.getKey();
            for (int from = 0; from + length <= text.length(); from++) {
                if (needles.getValue().contains(text.substring(from, from + length))) {
                    return true;
                }
            }
        }
        return false;
    }
}
