package dev.aftercommit.relay.history;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.util.List;

/** What is the matter with the past: the first thing that has to be mended before anything is published. */
public sealed interface Diagnosis {
    /** Nothing is. */
    record Well() implements Diagnosis {}

    /**
     * Something that only a person can decide or mend.
     *
     * @param text what was found, and what to do about it
     * @param choices what there is to decide; empty when something has to be mended
     */
    record Blocked(ErrorCode code, String text, List<Decision> choices) implements Diagnosis {
        public Blocked {
            choices = List.copyOf(choices);
        }

        /** The text with the lines that a person types. */
        public String message() {
            return choices.isEmpty() ? text : text + " " + Decision.advice(choices);
        }

        public AftercommitException asException() {
            return new AftercommitException(code, message());
        }
    }

    /** Something that the relay mends by itself. */
    sealed interface Mendable extends Diagnosis {}

    /** Nothing was ever published. */
    record FirstStart() implements Mendable {}

    /** A release without a journal has published. */
    record TakeOver() implements Mendable {}

    /** There is no stream, though there was one. */
    record StreamMissing() implements Mendable {}

    /** The stream does not hold at its noted end what it held. */
    record StreamRewound(String seen) implements Mendable {}

    /** The stream holds messages behind its noted end. */
    record StreamAhead(long after) implements Mendable {}

    /**
     * The publication is not as it was.
     *
     * @param dropped whether it is gone or is another one, so that the slot cannot be read any more
     */
    record PublicationTouched(String seen, boolean dropped) implements Mendable {}

    /** The slot is gone or of no use. */
    record SlotLost(String why) implements Mendable {}

    /** Somebody else has confirmed the slot. */
    record SlotMoved(long from, long to) implements Mendable {}
}
