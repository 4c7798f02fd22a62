package dev.aftercommit.relay.postgres;

/** What the relay streams from. */
public record SlotNames(String slot, String publication) {
    /** The names of the contract. */
    public static final SlotNames DEFAULT = new SlotNames("outbox", "outbox");
}
