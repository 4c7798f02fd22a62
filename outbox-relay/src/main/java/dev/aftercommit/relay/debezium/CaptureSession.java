package dev.aftercommit.relay.debezium;

import dev.aftercommit.relay.source.ChangeListener;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;

/** What a source and the stream that Debezium runs for it have in common. */
final class CaptureSession {
    private final ChangeListener listener;
    private final IntConsumer serves;
    private final CountDownLatch streaming = new CountDownLatch(1);
    private volatile boolean paused;

    /**
     * @param serves is given the process that serves the replication connection, and throws when that may not be
     */
    CaptureSession(ChangeListener listener, IntConsumer serves) {
        this.listener = listener;
        this.serves = serves;
    }

    ChangeListener listener() {
        return listener;
    }

    void pause() {
        paused = true;
    }

    boolean isPaused() {
        return paused;
    }

    void connected(int serverProcess) {
        serves.accept(serverProcess);
    }

    void streamingStarted() {
        streaming.countDown();
    }

    CountDownLatch streaming() {
        return streaming;
    }
}
