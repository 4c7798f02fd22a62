package dev.aftercommit.consumer.internal.settings;

import dev.aftercommit.contract.Subject;

/** Whose checkpoints they are: a consumer's name and the source that it handles. */
public record ConsumerIdentity(String consumer, String source) {
    public String stream() {
        return Subject.streamOf(source);
    }

    @Override
    public String toString() {
        return consumer + '/' + source;
    }
}
