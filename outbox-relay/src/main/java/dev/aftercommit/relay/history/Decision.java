package dev.aftercommit.relay.history;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What only a person may decide, since either way somebody loses something. */
public enum Decision {
    /** The stream is deleted; the relay makes it again from journal and table. */
    REBUILD_STREAM("has the stream deleted and made again from this database"),
    /** What was removed from the stream stays missing from it. */
    ACCEPT_REMOVAL("does without what was removed"),
    /** What is owed to the stream and is not in the table any more is never published. */
    GIVE_UP_GONE("gives up the events that are gone");

    /** As the rest of a sentence that begins with its word. */
    private final String meaning;

    Decision(String meaning) {
        this.meaning = meaning;
    }

    /** Such as {@code rebuild-stream}: on the command line and in the incident. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The lines that a person types. */
    static String advice(List<Decision> choices) {
        return "Decide: "
                + choices.stream()
                        .map(each -> "\"outbox-relay heal " + each.word() + "\" " + each.meaning)
                        .collect(Collectors.joining("; "))
                + ". With --dry-run it says first what that would change.";
    }
}
