package dev.aftercommit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.localservers.JavaProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The extension on JUnit 5.12, in a JVM that knows no other. */
class OldestJUnitIT {
    private static final Path FOLDER = Path.of("target", "oldest-junit");

    @Test
    void theExtensionRunsOnTheOldestJUnitAndStopsItsServers() throws IOException {
        try (JavaProcess tests = JavaProcess.builder()
                .mainClass("org.junit.platform.console.ConsoleLauncher")
                .classpath(withoutJUnit() + File.pathSeparator + console())
                .args("execute", "--disable-banner", "--disable-ansi-colors", "--details=tree")
                .args("--select-class=" + OutboxTestIT.class.getName())
                .start()) {
            assertThat(tests.waitFor(Duration.ofMinutes(3))).isTrue();
            String said = Files.readString(tests.log());
            assertThat(tests.exitCode()).as(said).isZero();
            assertThat(said).contains("7 tests successful", "0 tests failed");
        }
    }

    private static Path console() throws IOException {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(FOLDER, "*-1.12.*.jar")) {
            return jars.iterator().next();
        }
    }

    private static String withoutJUnit() {
        return Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry -> !entry.contains("junit"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
