package dev.aftercommit.relay.harness;

import dev.aftercommit.localservers.Ports;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The way to a server of this machine, on a port of its own. While it is cut nothing comes through and nobody is told:
 * connections stay open, as when a cable is pulled. What was on its way arrives when the link is mended.
 */
public final class NetworkLink implements AutoCloseable {
    private final ServerSocket listener;
    private final int serverPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private boolean cut;

    public NetworkLink(int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.listener = new ServerSocket(Ports.free(), 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    public synchronized void cut() {
        cut = true;
    }

    public synchronized void mend() {
        cut = false;
        notifyAll();
    }

    private synchronized void awaitWhole() throws InterruptedException {
        while (cut) {
            wait();
        }
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
            awaitWhole();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            sockets.add(server);
            server.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> carry(client, server));
            carry(server, client);
        } catch (IOException | InterruptedException e) {
            close(client);
        }
    }

    private void carry(Socket from, Socket to) {
        byte[] buffer = new byte[64 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int length = in.read(buffer);
            while (length >= 0) {
                awaitWhole();
                out.write(buffer, 0, length);
                length = in.read(buffer);
            }
            awaitWhole();
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
        mend();
        sockets.forEach(this::close);
    }
}
