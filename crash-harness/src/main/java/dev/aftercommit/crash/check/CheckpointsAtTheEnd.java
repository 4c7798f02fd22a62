package dev.aftercommit.crash.check;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Each partition's checkpoint has come to its last event that has a handler, and none is beyond the stream's end. */
final class CheckpointsAtTheEnd implements InboxChecker.Rule {
    @Override
    public void check(InboxMatch match, Verdict verdict) {
        Map<Integer, String> ends = new HashMap<>();
        match.owed()
                .values()
                .forEach(published -> published
                        .message()
                        .position()
                        .ifPresent(position -> ends.put(partition(published.message()), position.text())));
        String end = match.stream().evidence().messages().stream()
                .flatMap(message -> message.position().stream())
                .map(Position::text)
                .max(String::compareTo)
                .orElse("");
        ends.forEach((partition, last) -> {
            @Nullable String checkpoint = match.inbox().checkpoints().get(partition);
            if (checkpoint == null || checkpoint.compareTo(last) < 0) {
                verdict.add(
                        FindingKind.CHECKPOINT_ASTRAY,
                        "partition " + partition + " is at " + checkpoint + ", its last event at " + last);
            }
        });
        match.inbox().checkpoints().forEach((partition, checkpoint) -> {
            if (checkpoint.compareTo(end) > 0) {
                verdict.add(
                        FindingKind.CHECKPOINT_ASTRAY,
                        "partition " + partition + " is at " + checkpoint + ", the stream ends at " + end);
            }
        });
    }

    /** The subject's last word. */
    private static int partition(StoredMessage message) {
        String subject = message.subject();
        return Integer.parseInt(subject, subject.lastIndexOf('.') + 1, subject.length(), 10);
    }
}
