package dev.aftercommit.localservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * TCP ports that nothing listens on. Thread-safe.
 *
 * <p>The ports lie below the range from which operating systems take the local ports of outgoing connections. From
 * inside that range a client that keeps reconnecting to a killed server could be given the server's own port: it would
 * then be connected to itself, and the server could not start again.
 */
public final class Ports {
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 32_000;
    private static final int ATTEMPTS = 1_000;

    private static final Set<Integer> TRIED = ConcurrentHashMap.newKeySet();

    /** A byte for each port, locked for as long as this JVM runs: a server that was killed wants its port again. */
    private static final FileChannel LOCKS = locks();

    private Ports() {}

    /**
     * A free port of the loopback interface, never the same one twice in this JVM, and none that another JVM of this
     * machine was given here and still runs with.
     *
     * @throws IllegalStateException when no free port is found
     */
    public static int free() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (reserve(port) && canListen(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port between " + LOWEST + " and " + HIGHEST);
    }

    private static boolean reserve(int port) {
        try {
            return TRIED.add(port) && LOCKS.tryLock(port, 1, false) != null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileChannel locks() {
        Path file =
                Path.of(System.getProperty("java.io.tmpdir"), "aftercommit-ports-" + System.getProperty("user.name"));
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean canListen(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
