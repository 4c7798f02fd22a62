package dev.aftercommit.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What those see who have none of the libraries that are optional. */
final class OptionalLibrariesTest {
    private static final String ROOT = "dev.aftercommit.consumer";
    private static final List<String> ABSENT = List.of("io.micrometer.", "io.opentelemetry.");
    private static final List<String> USERS = List.of(ROOT + ".micrometer.", ROOT + ".opentelemetry.");

    private final ClassLoader without = new Without();

    @Test
    void everythingElseLoadsWithoutThem() {
        List<String> names = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(ROOT).stream()
                        .map(type -> type.getName())
                        .filter(name -> USERS.stream().noneMatch(name::startsWith))
                        .toList();
        assertThat(names).hasSizeGreaterThan(50).allSatisfy(name -> {
            Class<?> type = Class.forName(name, true, without);
            assertThat(type.getClassLoader()).isSameAs(without);
            assertThat(type.getDeclaredMethods()).isNotNull(); // resolves what they take and return
        });
    }

    @Test
    void whatNeedsThemDoesNot() {
        for (String name : List.of(".micrometer.OutboxConsumerMetrics", ".opentelemetry.OutboxConsumerTracing")) {
            assertThatThrownBy(() -> Class.forName(ROOT + name, true, without).getDeclaredMethods())
                    .isInstanceOf(NoClassDefFoundError.class);
        }
    }

    /** Loads the consumer's classes anew, and none of the libraries. */
    private static final class Without extends ClassLoader {
        Without() {
            super(OptionalLibrariesTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (ABSENT.stream().anyMatch(name::startsWith)) {
                    throw new ClassNotFoundException(name);
                }
                if (!name.startsWith(ROOT + '.')) {
                    return super.loadClass(name, resolve);
                }
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
