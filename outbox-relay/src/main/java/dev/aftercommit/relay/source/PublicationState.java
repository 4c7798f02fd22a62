package dev.aftercommit.relay.source;

import java.util.List;

/**
 * The publication: inserts into outbox.event and nothing else.
 *
 * @param problems what is not as the contract says; empty when all is well
 * @param version changes with every alteration, also with one that is taken back
 */
public record PublicationState(List<String> problems, String version) {
    public PublicationState {
        problems = List.copyOf(problems);
    }
}
