package dev.aftercommit.localservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessTest {
    private static final String RUNS = "echo up > up; exec sleep 600";
    private static final String STILL_IN_USE = "echo still in use; exit 1";
    private static final String BROKEN = "echo broken; exit 1";

    @TempDir
    Path folder;

    /** A server in the shape of shell scripts, one a start; it answers when there is a file named "up". */
    private final class Scripts implements ServerProgram {
        private final Queue<String> scripts;
        private int stopped;

        Scripts(String... scripts) {
            this.scripts = new ArrayDeque<>(List.of(scripts));
        }

        @Override
        public void prepare() {
            Folders.create(data());
        }

        @Override
        public ProcessBuilder command() {
            return new ProcessBuilder("sh", "-c", scripts.remove()).directory(data().toFile());
        }

        @Override
        public boolean answers() {
            return Files.exists(data().resolve("up"));
        }

        @Override
        public void stop(ChildProcess running) {
            stopped++;
        }

        @Override
        public boolean cameTooSoon(String said) {
            return said.contains("still in use");
        }
    }

    @Test
    void aStartThatCameTooSoonIsTriedAgain() {
        Scripts program = new Scripts(STILL_IN_USE, STILL_IN_USE, RUNS);
        ServerProcess server = server(program);

        server.firstStart();

        assertThat(program.scripts).isEmpty();
        server.close();
    }

    @Test
    void whatAnEarlierStartSaidDoesNotExcuseALaterOne() {
        ServerProcess server = server(new Scripts(STILL_IN_USE, BROKEN, RUNS));

        assertThatThrownBy(server::firstStart)
                .hasMessageContaining("the server does not start")
                .hasMessageContaining("broken");
    }

    @Test
    void aFirstStartThatFailsLeavesNothingBehind() {
        assertThatThrownBy(server(new Scripts(BROKEN))::firstStart).hasMessageContaining("broken");

        assertThat(data()).doesNotExist();
    }

    @Test
    void aLaterStartThatFailsLeavesTheData() throws IOException {
        ServerProcess server = server(new Scripts(RUNS, BROKEN, RUNS));
        server.firstStart();
        server.kill();
        Files.delete(data().resolve("up"));

        assertThatThrownBy(server::startAgain).hasMessageContaining("broken");

        assertThat(data()).exists();
        server.startAgain();
        server.close();
    }

    @Test
    void aRunningServerIsNotStartedAgain() {
        ServerProcess server = server(new Scripts(RUNS, RUNS));
        server.firstStart();

        assertThatThrownBy(server::startAgain).hasMessage("the server already runs");

        server.close();
    }

    @Test
    void aServerThatOutlivesItsStopIsKilled() throws IOException {
        Scripts program = new Scripts("echo $$ > pid; " + RUNS);
        ServerProcess server = server(program);
        server.firstStart();
        long pid = Long.parseLong(Files.readString(data().resolve("pid")).strip());

        server.close();
        server.close();

        assertThat(program.stopped).isEqualTo(1);
        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThat(data()).doesNotExist();
    }

    private ServerProcess server(Scripts program) {
        return new ServerProcess("the server", program, folder.resolve("server.log"), data());
    }

    private Path data() {
        return folder.resolve("data");
    }
}
