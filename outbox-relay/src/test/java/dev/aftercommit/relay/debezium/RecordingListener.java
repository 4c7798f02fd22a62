package dev.aftercommit.relay.debezium;

import dev.aftercommit.relay.source.ChangeListener;
import dev.aftercommit.relay.source.OutboxChange;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** Takes everything and says that all of it is stored. */
final class RecordingListener implements ChangeListener {
    final List<OutboxChange> changes = new CopyOnWriteArrayList<>();
    final AtomicReference<Throwable> failure = new AtomicReference<>();
    volatile long confirmed;
    private volatile long boundary;

    @Override
    public boolean awaitCapacity() {
        return true;
    }

    @Override
    public void onChange(OutboxChange change) {
        changes.add(change);
    }

    @Override
    public void onBoundary(long lsn) {
        boundary = lsn;
    }

    @Override
    public long confirmable() {
        return boundary;
    }

    @Override
    public void onConfirmed(long lsn) {
        confirmed = lsn;
    }

    @Override
    public void onFailure(Throwable cause) {
        failure.set(cause);
    }

    List<String> ids() {
        return changes.stream().map(change -> change.row().id()).toList();
    }
}
