package dev.aftercommit.testkit.internal.junit;

import dev.aftercommit.testkit.DatabaseSchema;
import dev.aftercommit.testkit.HandlerFuzz;
import dev.aftercommit.testkit.OutboxFixture;
import dev.aftercommit.testkit.OutboxTest;
import dev.aftercommit.testkit.TestInbox;
import dev.aftercommit.testkit.TestOutbox;
import dev.aftercommit.testkit.TestRelay;
import dev.aftercommit.testkit.TestServers;
import dev.aftercommit.testkit.internal.servers.SharedServers;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Hands tests what they ask for. It keeps everything in JUnit's stores, which close it when its time is over. */
public final class OutboxExtension implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(OutboxExtension.class);

    private static final Map<Class<?>, Function<OutboxFixture, Object>> PARAMETERS = Map.of(
            OutboxFixture.class, fixture -> fixture,
            DataSource.class, OutboxFixture::dataSource,
            TestOutbox.class, OutboxFixture::outbox,
            TestRelay.class, OutboxFixture::relay,
            TestInbox.class, OutboxFixture::inbox,
            HandlerFuzz.class, OutboxFixture::fuzz);

    private static final ClassValue<DatabaseSchema> SCHEMAS = new ClassValue<>() {
        @Override
        protected DatabaseSchema computeValue(Class<?> type) {
            return newSchema(type);
        }
    };

    /** So that a constructor's parameters are those of its test, and not of its class. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return PARAMETERS.containsKey(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Function<OutboxFixture, Object> of =
                PARAMETERS.get(parameter.getParameter().getType());
        if (of == null) {
            throw new ParameterResolutionException(parameter + " is not one of " + PARAMETERS.keySet());
        }
        return of.apply(fixture(parameter, context));
    }

    private static OutboxFixture fixture(ParameterContext parameter, ExtensionContext context) {
        ExtensionContext annotated = annotated(context);
        OutboxTest annotation = annotation(annotated).orElseThrow();
        return switch (annotation.database()) {
            case PER_CLASS -> fixture(annotated, annotation);
            case PER_METHOD -> {
                if (context.getTestMethod().isEmpty()) {
                    throw new ParameterResolutionException(
                            parameter.getDeclaringExecutable()
                                    + " is called once for all tests of its class, each of which has a database of its own."
                                    + " Let the tests share one: @OutboxTest(database = PER_CLASS), or take the parameter elsewhere.");
                }
                yield fixture(context, annotation);
            }
        };
    }

    private static OutboxFixture fixture(ExtensionContext owner, OutboxTest annotation) {
        closeServersAfterAllTests(owner.getRoot());
        return stored(owner, OutboxFixture.class, () -> OutboxFixture.open(TestServers.shared(), schemas(annotation)));
    }

    private static void closeServersAfterAllTests(ExtensionContext root) {
        stored(root, ServersOfThisJvm.class, ServersOfThisJvm::new);
    }

    /** The nearest class around the test, or the test's own, that has the annotation. */
    private static ExtensionContext annotated(ExtensionContext context) {
        return Stream.iterate(
                        Optional.of(context), Optional::isPresent, each -> each.flatMap(ExtensionContext::getParent))
                .flatMap(Optional::stream)
                .filter(each -> each.getTestMethod().isEmpty())
                .filter(each -> annotation(each).isPresent())
                .findFirst()
                .orElseThrow(() -> new ParameterResolutionException("Neither "
                        + context.getTestClass().map(Class::getName).orElse("the test")
                        + " nor a class around it has @OutboxTest; annotate it instead of using the extension."));
    }

    private static Optional<OutboxTest> annotation(ExtensionContext context) {
        return context.getTestClass().flatMap(type -> AnnotationSupport.findAnnotation(type, OutboxTest.class));
    }

    private static DatabaseSchema[] schemas(OutboxTest annotation) {
        return Stream.of(annotation.schema()).map(SCHEMAS::get).toArray(DatabaseSchema[]::new);
    }

    private static DatabaseSchema newSchema(Class<?> type) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return (DatabaseSchema) constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new ParameterResolutionException(
                    "@OutboxTest(schema = " + type.getSimpleName()
                            + ".class) cannot be used: the class needs a constructor without parameters that works.",
                    e);
        }
    }

    /** The owner is in the key, since a store also looks into those around it. */
    @SuppressWarnings("deprecation") // JUnit 5.12 has no computeIfAbsent
    private static <T extends AutoCloseable> T stored(ExtensionContext owner, Class<T> type, Supplier<T> make) {
        Object stored = owner.getStore(NAMESPACE)
                .getOrComputeIfAbsent(List.of(type, owner.getUniqueId()), key -> new Stored<>(make.get()));
        return type.cast(((Stored<?>) Objects.requireNonNull(stored)).value());
    }

    /** What a store closes: JUnit 5.12 goes by one of the names, later ones by the other. */
    @SuppressWarnings("deprecation")
    private record Stored<T extends AutoCloseable>(T value)
            implements AutoCloseable, ExtensionContext.Store.CloseableResource {
        @Override
        public void close() throws Exception {
            value.close();
        }
    }

    /** The end of the shared servers. */
    private static final class ServersOfThisJvm implements AutoCloseable {
        @Override
        public void close() {
            SharedServers.stop();
        }
    }
}
