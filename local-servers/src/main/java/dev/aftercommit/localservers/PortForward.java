package dev.aftercommit.localservers;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Listens on a port of its own and carries what clients say to a server of this machine and back. Thread-safe. */
final class PortForward implements Closeable {
    /** Where a connection leads and over which line, and what its client has said until that was known. */
    record Opening(int serverPort, NetworkLine line, ByteBuffer said) {}

    /** Looks at how a client opens its connection. */
    interface Entrance {
        Opening open(Socket client) throws IOException;
    }

    private static final int BACKLOG = 50;
    private static final int BUFFER_BYTES = 64 * 1024;

    private final ServerSocket listener;
    private final Entrance entrance;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    PortForward(Entrance entrance) throws IOException {
        this.entrance = entrance;
        this.listener = new ServerSocket(Ports.free(), BACKLOG, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                sockets.add(client);
                Thread.ofVirtual().start(() -> connect(client));
            }
        } catch (IOException closed) {
            // by close()
        }
    }

    private void connect(Socket client) {
        try {
            client.setTcpNoDelay(true);
            Opening opening = entrance.open(client);
            opening.line().pass();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), opening.serverPort());
            sockets.add(server);
            server.setTcpNoDelay(true);
            Channels.newChannel(server.getOutputStream()).write(opening.said().rewind());
            Thread.ofVirtual().start(() -> carry(client, server, opening.line()));
            carry(server, client, opening.line());
        } catch (IOException | InterruptedException e) {
            close(client);
        }
    }

    private void carry(Socket from, Socket to, NetworkLine line) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int length = in.read(buffer);
            while (length >= 0) {
                line.pass();
                out.write(buffer, 0, length);
                length = in.read(buffer);
            }
            line.pass();
        } catch (IOException | InterruptedException e) {
            // one side is gone: so is the other
        } finally {
            close(from);
            close(to);
        }
    }

    private void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone already
        }
        sockets.remove(socket);
    }

    @Override
    public void close() {
        close(listener);
        sockets.forEach(this::close);
    }
}
