package dev.aftercommit.localservers;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The way to a server of this machine, on a port of its own, that can be cut, slowed and mended. Thread-safe. */
public final class NetworkLink implements AutoCloseable {
    private final NetworkLine line = new NetworkLine();
    private final PortForward forward;

    public NetworkLink(int serverPort) throws IOException {
        forward = new PortForward(client -> new PortForward.Opening(serverPort, line, ByteBuffer.allocate(0)));
    }

    public int port() {
        return forward.port();
    }

    /** What all connections go over. */
    public NetworkLine line() {
        return line;
    }

    @Override
    public void close() {
        forward.close();
        line.mend();
    }
}
