package dev.aftercommit.localservers;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * How a PostgreSQL client opens its connection: length, protocol version, then names and values of parameters.
 *
 * @param bytes the whole packet
 */
record StartupPacket(ByteBuffer bytes) {
    private static final int ENCRYPTION_REQUEST_LENGTH = 8;
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;
    private static final int LONGEST = 10_000;

    /** Reads it; a request to encrypt that comes before is refused, and the client goes on without. */
    static StartupPacket read(Socket client) throws IOException {
        DataInputStream in = new DataInputStream(client.getInputStream());
        while (true) {
            int length = in.readInt();
            int code = in.readInt();
            boolean asksForEncryption =
                    length == ENCRYPTION_REQUEST_LENGTH && (code == SSL_REQUEST || code == GSS_REQUEST);
            if (!asksForEncryption) {
                return new StartupPacket(rest(in, length, code));
            }
            client.getOutputStream().write('N');
        }
    }

    private static ByteBuffer rest(DataInputStream in, int length, int code) throws IOException {
        if (length < Integer.BYTES * 2 || length > LONGEST) {
            throw new IOException("no PostgreSQL client: a packet of " + length + " bytes");
        }
        ByteBuffer packet = ByteBuffer.allocate(length).putInt(length).putInt(code);
        in.readFully(packet.array(), packet.position(), packet.remaining());
        return packet;
    }

    /** Whether the client asks for the replication protocol. */
    boolean isReplication() {
        ByteBuffer parameters = bytes.slice(Integer.BYTES * 2, bytes.capacity() - Integer.BYTES * 2);
        List<String> words =
                List.of(StandardCharsets.UTF_8.decode(parameters).toString().split("\0", -1));
        for (int i = 0; i + 1 < words.size(); i += 2) {
            if (words.get(i).equals("replication")) {
                return !Set.of("false", "off", "no", "0").contains(words.get(i + 1));
            }
        }
        return false;
    }
}
