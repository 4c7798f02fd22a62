package dev.aftercommit.localservers;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A child JVM, run by the same Java as this one. Thread-safe.
 *
 * <p>It inherits this process's environment. A child that still runs when this JVM exits is killed.
 */
public final class JavaProcess implements AutoCloseable {
    private final String name;
    private final ChildProcess process;
    private final Path log;
    private final @Nullable Path temporary;

    private JavaProcess(String name, ChildProcess process, Path log, @Nullable Path temporary) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.temporary = temporary;
    }

    public static Builder builder() {
        return new Builder();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL; returns when the process is gone. Nothing happens when it already was. */
    public void kill() {
        process.kill();
    }

    /** SIGSTOP: it stands still, and holds its connections, until {@link #thaw}. */
    public void freeze() {
        process.freeze();
    }

    /** SIGCONT. */
    public void thaw() {
        process.thaw();
    }

    /**
     * SIGTERM, then waits for the end.
     *
     * @return the exit code; 143 for a JVM that SIGTERM ended
     * @throws IllegalStateException when the process does not end in time; it is killed then
     */
    public int terminate(Duration timeout) {
        process.terminate();
        if (!process.waitFor(timeout)) {
            process.kill();
            throw new IllegalStateException(
                    name + " did not end within " + timeout + " of SIGTERM and was killed" + Logs.tail(log));
        }
        return process.exitCode();
    }

    /** Waits for the end, and tells whether it came within this time. */
    public boolean waitFor(Duration timeout) {
        return process.waitFor(timeout);
    }

    /**
     * The exit code; 137 after a SIGKILL.
     *
     * @throws IllegalThreadStateException while the process runs
     */
    public int exitCode() {
        return process.exitCode();
    }

    /** The file that receives standard output and standard error. */
    public Path log() {
        return log;
    }

    /** Kills the process when it still runs, and deletes its log unless {@link Builder#log} named one. */
    @Override
    public void close() {
        kill();
        if (temporary != null) {
            Folders.delete(temporary);
        }
    }

    /** What to run. One of {@link #jar} and {@link #mainClass} is needed. Not thread-safe. */
    public static final class Builder {
        private final List<String> jvmArgs = new ArrayList<>();
        private final List<String> args = new ArrayList<>();
        private final Map<String, String> environment = new HashMap<>();
        private String classpath = System.getProperty("java.class.path");
        private @Nullable String mainClass;
        private @Nullable Path jar;
        private @Nullable Path log;
        private @Nullable String name;
        private String input = "";

        private Builder() {}

        /** Run this jar's main class. */
        public Builder jar(Path jar) {
            this.jar = jar;
            return this;
        }

        /** Run this class, found on {@link #classpath}. */
        public Builder mainClass(String mainClass) {
            this.mainClass = mainClass;
            return this;
        }

        /** Default: the class path of this JVM. */
        public Builder classpath(String classpath) {
            this.classpath = classpath;
            return this;
        }

        /** Adds arguments of the program. */
        public Builder args(String... more) {
            args.addAll(List.of(more));
            return this;
        }

        /** Adds environment variables to those inherited. */
        public Builder environment(Map<String, String> more) {
            environment.putAll(more);
            return this;
        }

        /** Adds arguments of the JVM. */
        public Builder jvmArgs(String... more) {
            jvmArgs.addAll(List.of(more));
            return this;
        }

        /** Append standard output and standard error to this file. Default: a temporary file. */
        public Builder log(Path log) {
            this.log = log;
            return this;
        }

        /** What failures call the process. Default: the jar's or the class's name. */
        public Builder name(String name) {
            this.name = name;
            return this;
        }

        /** What the process finds at its standard input. Default: nothing. */
        public Builder input(String input) {
            this.input = input;
            return this;
        }

        /** Starts the process; does not wait until it is ready for anything. */
        public JavaProcess start() {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvmArgs);
            String program;
            if (jar != null) {
                program = jar.getFileName().toString();
                command.addAll(List.of("-jar", jar.toString()));
            } else if (mainClass != null) {
                program = mainClass;
                command.addAll(List.of("-cp", classpath, mainClass));
            } else {
                throw new IllegalStateException("a jar or a main class is needed");
            }
            command.addAll(args);
            String called = name == null ? program : name;
            @Nullable Path temporary = log == null ? Folders.temporary("process") : null;
            Path output = log == null ? Objects.requireNonNull(temporary).resolve("output.log") : log;
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().putAll(environment);
            return new JavaProcess(called, ChildProcess.start(builder, output, input), output, temporary);
        }
    }
}
