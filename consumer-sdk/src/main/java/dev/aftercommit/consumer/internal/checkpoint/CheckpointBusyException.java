package dev.aftercommit.consumer.internal.checkpoint;

import java.sql.SQLException;

/** Somebody else's transaction has locked the checkpoint of a partition for longer than this one waits at a time. */
public final class CheckpointBusyException extends SQLException {
    private static final long serialVersionUID = 1;

    CheckpointBusyException(int partition, SQLException cause) {
        super(
                "The checkpoint of partition " + partition
                        + " is locked by another transaction, perhaps that of an instance that"
                        + " is frozen, or of a handler that takes long. It goes on when that one ends.",
                cause.getSQLState(),
                cause);
    }
}
