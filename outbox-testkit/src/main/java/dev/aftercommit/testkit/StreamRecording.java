package dev.aftercommit.testkit;

import dev.aftercommit.testkit.internal.stream.RecordedLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An excerpt of a stream, for a contract test: what other services have published is replayed through the handlers of today.
 *
 * <pre>{@code
 * inbox.awaitHandled(relay.replay(StreamRecording.ofResource("/accounts.jsonl")));
 * }</pre>
 *
 * <p>A file has one message a line, as JSON with {@code subject}, {@code headers} as they came over the wire, and
 * {@code payload}: the payload's JSON, or base64 of its bytes as {@code payloadBase64}. {@link #write} makes one, and so does
 * anybody by hand. It holds what the events hold: look before you keep it. Immutable.
 *
 * @param messages by sequence
 */
public record StreamRecording(List<StoredMessage> messages) {
    public StreamRecording {
        messages = List.copyOf(messages);
    }

    /**
     * Reads a file of the class path.
     *
     * @throws IllegalArgumentException when there is none, or a line is no message; the message says which
     */
    public static StreamRecording ofResource(String name) {
        try (InputStream in = StreamRecording.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException(
                        "There is no " + name + " on the class path; it begins with a slash.");
            }
            return parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException when a line is no message; the message says which
     */
    public static StreamRecording of(Path file) {
        try {
            return parse(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a file, over one that is there. */
    public void write(Path file) {
        try {
            Files.writeString(
                    file, messages.stream().map(RecordedLine::write).collect(Collectors.joining("\n", "", "\n")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StreamRecording parse(String file, String text) {
        List<StoredMessage> messages = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (!line.isBlank()) {
                messages.add(RecordedLine.read(file, number, line));
            }
        }
        return new StreamRecording(messages);
    }
}
