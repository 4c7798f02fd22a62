package dev.aftercommit.consumer.internal.settings;

/** What the events of a source have to do with each other. */
public sealed interface HandlingMode {

    /** Those of an aggregate are handled one after the other. */
    record InOrder() implements HandlingMode {}

    /**
     * Each is handled by itself.
     *
     * @param most how many at a time in this instance
     */
    record InParallel(int most) implements HandlingMode {}

    default boolean isInParallel() {
        return this instanceof InParallel;
    }

    /** In a message that says that an event is parked: what that means for others. */
    default String ofOthers() {
        return switch (this) {
            case InOrder inOrder -> "later events of its aggregate wait behind it";
            case InParallel inParallel -> "all others go on";
        };
    }
}
