package dev.aftercommit.relay.debezium;

import io.debezium.connector.postgresql.connection.Lsn;
import io.debezium.connector.postgresql.connection.ReplicationStream;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * The stream that Debezium's streaming thread reads. Everything it reads goes to our listener, so that Debezium sees
 * no change; and what the listener says is safe is confirmed to the slot, by nobody else.
 */
final class OutboxReplicationStream implements ReplicationStream {
    /** How long one {@link #readPending} stays here before Debezium may look whether it is to stop. */
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long CONFIRM_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Each empty read waits for the socket for a millisecond; a quiet stream is looked at less often. */
    private static final long QUIET_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long QUIET_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final PGReplicationStream stream;
    private final PgOutputReader reader;
    private final CaptureSession session;

    private long confirmed;
    private long lastReceived;
    private long lastConfirm = System.nanoTime();
    private long lastStatus = System.nanoTime();
    private long lastData = System.nanoTime();

    OutboxReplicationStream(PGReplicationStream stream, PgOutputReader reader, CaptureSession session) {
        this.stream = stream;
        this.reader = reader;
        this.session = session;
    }

    /** Always true: to Debezium "nothing there" means to sleep, and this method has waited already. */
    @Override
    public boolean readPending(ReplicationMessageProcessor processor) throws SQLException, InterruptedException {
        long start = System.nanoTime();
        long now = start;
        while (now - start < TURN_NANOS) {
            readOne(now);
            now = System.nanoTime();
            confirm(now);
        }
        return true;
    }

    private void readOne(long now) throws SQLException, InterruptedException {
        if (session.isPaused()) {
            LockSupport.parkNanos(QUIET_PAUSE_NANOS);
            return;
        }
        if (!session.listener().awaitCapacity()) {
            return;
        }
        ByteBuffer message = stream.readPending();
        if (message != null) {
            lastData = now;
            reader.read(message, stream.getLastReceiveLSN().asLong(), session.listener());
            return;
        }
        long received = stream.getLastReceiveLSN().asLong();
        if (received != lastReceived) { // the server answers once a second how far it has come
            lastReceived = received;
            session.listener().onSignOfLife();
        }
        if (now - lastData > QUIET_AFTER_NANOS) {
            LockSupport.parkNanos(QUIET_PAUSE_NANOS);
        }
    }

    private void confirm(long now) throws SQLException {
        if (now - lastConfirm < CONFIRM_INTERVAL_NANOS) {
            return;
        }
        lastConfirm = now;
        long confirmable = session.listener().confirmable();
        boolean moved = Long.compareUnsigned(confirmable, confirmed) > 0;
        if (moved) {
            LogSequenceNumber lsn = LogSequenceNumber.valueOf(confirmable);
            stream.setFlushedLSN(lsn);
            stream.setAppliedLSN(lsn);
            confirmed = confirmable;
        }
        if (moved || now - lastStatus > KEEP_ALIVE_NANOS) {
            stream.forceUpdateStatus();
            lastStatus = now;
        }
        if (moved) {
            session.listener().onConfirmed(confirmable);
        }
    }

    @Override
    public void read(ReplicationMessageProcessor processor) throws SQLException, InterruptedException {
        readPending(processor);
    }

    /** Debezium's offsets have no say in what the slot may forget. */
    @Override
    public void flushLsn(Lsn lsn) {}

    @Override
    public Lsn lastReceivedLsn() {
        return Lsn.valueOf(stream.getLastReceiveLSN());
    }

    @Override
    public Lsn startLsn() {
        return Lsn.valueOf(stream.getLastReceiveLSN());
    }

    /** Not needed: the streaming thread never blocks for longer than the keep-alive interval. */
    @Override
    public void startKeepAlive(ExecutorService service) {
        service.shutdown();
    }

    @Override
    public void stopKeepAlive() {}

    @Override
    public void close() throws SQLException {
        stream.close();
    }
}
