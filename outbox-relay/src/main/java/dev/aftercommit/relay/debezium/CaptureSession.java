package dev.aftercommit.relay.debezium;

import dev.aftercommit.relay.source.ChangeListener;
import java.util.concurrent.CountDownLatch;

/** What a source and the stream that Debezium runs for it have in common. */
final class CaptureSession {
    private final ChangeListener listener;
    private final CountDownLatch streaming = new CountDownLatch(1);
    private volatile boolean paused;

    CaptureSession(ChangeListener listener) {
        this.listener = listener;
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

    void streamingStarted() {
        streaming.countDown();
    }

    CountDownLatch streaming() {
        return streaming;
    }
}
