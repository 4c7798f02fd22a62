package dev.aftercommit.consumer;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.aftercommit.consumer.internal.attempt.FailurePolicy;
import dev.aftercommit.consumer.internal.checkpoint.Checkpoint;
import dev.aftercommit.consumer.internal.checkpoint.Refusal;
import dev.aftercommit.consumer.internal.checkpoint.StartPoint;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.internal.stream.EventSearch;
import dev.aftercommit.consumer.internal.stream.StreamIdentity;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What users see, and which classes know which library. */
final class ArchitectureTest {
    private static final String ROOT = "dev.aftercommit.consumer";
    private static final String SPI = ROOT + ".spi";

    private static final JavaClasses SDK = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void theseTypesAreTheApi() {
        assertThat(SDK.stream()
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(type -> type.getPackageName().equals(ROOT))
                        .filter(ArchitectureTest::isSeenFromOutside)
                        .map(type -> type.getName().substring(ROOT.length() + 1)))
                .containsExactlyInAnyOrder(
                        "Backoff",
                        "ConsumerHealth",
                        "ConsumerHealth$Verdict",
                        "ConsumerStatus",
                        "ConsumerStatus$State",
                        "DeadLetter",
                        "DeadLetterFilter",
                        "DeadLetters",
                        "EnvelopedEvent",
                        "Handles",
                        "Handles$Backoff",
                        "Lag",
                        "OutboxConsumer",
                        "OutboxConsumerBuilder",
                        "ParallelStatus",
                        "ParkedCounts",
                        "PartitionStatus",
                        "RetryPolicy",
                        "StartAt",
                        "StartAt$Beginning",
                        "StartAt$Now",
                        "StartAt$Position",
                        "StartAt$Time",
                        "TerminalException",
                        "UnreadablePolicy",
                        "Waiting",
                        "Waiting$Reason");
    }

    @Test
    void theseTypesAreForOthersToImplementOrToBeTold() {
        assertThat(SDK.stream()
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(type -> type.getPackageName().equals(SPI))
                        .map(type -> type.getName().substring(SPI.length() + 1)))
                .containsExactlyInAnyOrder(
                        "Commit",
                        "ConsumerListener",
                        "EventEmitter",
                        "FailedAttempt",
                        "HandlerCall",
                        "HandlerInterceptor",
                        "HandlerInterceptor$After",
                        "HandlerTransactions",
                        "HandlerTransactions$Work");
    }

    /** Of the others the builder takes the user's options, and the settings carry them. */
    @Test
    void onlyOneRoomTalksToNats() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..internal.stream..")
                .and()
                .areNotAssignableTo(ConsumerConfig.class)
                .and(not(belongToAnyOf(OutboxConsumer.class, OutboxConsumerBuilder.class)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.nats..")
                .check(SDK);
    }

    @Test
    void onlyTheHandlersRoomKnowsJooq() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..internal.handler..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.jooq..")
                .check(SDK);
    }

    @Test
    void optionalLibrariesAreKnownInPackagesOfTheirOwnThatNobodyNeeds() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".micrometer")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", ROOT + ".micrometer")
                .check(SDK);
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".opentelemetry")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.opentelemetry..", ROOT + ".opentelemetry")
                .check(SDK);
    }

    /** From the ground to the roof. */
    @Test
    void roomsStandOnEachOtherInThisOrder() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("observe")
                .definedBy("..internal.observe..")
                .layer("handler")
                .definedBy("..internal.handler..")
                .layer("settings")
                .definedBy("..internal.settings..")
                .layer("stream")
                .definedBy("..internal.stream..")
                .layer("checkpoint")
                .definedBy("..internal.checkpoint..")
                .layer("attempt")
                .definedBy("..internal.attempt..")
                .layer("parking")
                .definedBy("..internal.parking..")
                .layer("start")
                .definedBy("..internal.start..")
                .layer("lifecycle")
                .definedBy("..internal.lifecycle..")
                .layer("worker")
                .definedBy("..internal.worker..")
                .layer("ordered")
                .definedBy("..internal.ordered..")
                .layer("parallel")
                .definedBy("..internal.parallel..")
                .layer("ownership")
                .definedBy("..internal.ownership..")
                .layer("supervise")
                .definedBy("..internal.supervise..")
                .whereLayer("observe")
                .mayNotAccessAnyLayer()
                .whereLayer("handler")
                .mayNotAccessAnyLayer()
                .whereLayer("settings")
                .mayOnlyAccessLayers("handler", "observe")
                .whereLayer("stream")
                .mayOnlyAccessLayers("settings")
                .whereLayer("checkpoint")
                .mayOnlyAccessLayers("stream", "settings")
                .whereLayer("attempt")
                .mayOnlyAccessLayers("checkpoint", "handler")
                .whereLayer("parking")
                .mayOnlyAccessLayers("attempt", "settings", "handler", "lifecycle", "observe")
                .whereLayer("start")
                .mayOnlyAccessLayers("parking", "attempt", "checkpoint", "stream", "settings")
                .whereLayer("lifecycle")
                .mayNotAccessAnyLayer()
                .whereLayer("worker")
                .mayOnlyAccessLayers("attempt", "checkpoint", "stream", "lifecycle")
                .whereLayer("ordered")
                .mayOnlyAccessLayers(
                        "worker",
                        "parking",
                        "attempt",
                        "checkpoint",
                        "stream",
                        "settings",
                        "handler",
                        "lifecycle",
                        "observe")
                .whereLayer("parallel")
                .mayOnlyAccessLayers(
                        "worker",
                        "parking",
                        "attempt",
                        "checkpoint",
                        "stream",
                        "settings",
                        "handler",
                        "lifecycle",
                        "observe")
                .whereLayer("ownership")
                .mayOnlyAccessLayers("ordered", "worker", "stream", "settings", "observe", "lifecycle")
                .whereLayer("supervise")
                .mayNotBeAccessedByAnyLayer()
                .check(SDK);
    }

    @Test
    void whatUsersSeeKnowsNothingOfTheRooms() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT, SPI, ROOT + ".micrometer", ROOT + ".opentelemetry")
                .and(not(belongToAnyOf(OutboxConsumer.class, OutboxConsumerBuilder.class)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("..internal..")
                .check(SDK);
    }

    @Test
    void decisionsTouchNothingOutsideThemselves() {
        noClasses()
                .that(belongToAnyOf(
                                StartPoint.class,
                                EventSearch.class,
                                Refusal.class,
                                Checkpoint.class,
                                StreamIdentity.class,
                                FailurePolicy.class)
                        .or(simpleName("Selection"))
                        .or(simpleName("RequestedPlace")))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "io.nats..",
                        "java.sql..",
                        "javax.sql..",
                        "java.net..",
                        "java.io..",
                        "java.util.concurrent..",
                        "org.slf4j.."))
                .check(SDK);
    }

    @Test
    void theConsumerKnowsTheProducerAndTheRelayByTheWireOnly() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "dev.aftercommit.producer..", "dev.aftercommit.relay..", "dev.aftercommit.localservers.."))
                .check(SDK);
    }

    @Test
    void everyPackageIsNullMarked() {
        JavaPackage root = SDK.getPackage(ROOT);
        assertThat(root.getSubpackagesInTree())
                .filteredOn(each -> !each.getClasses().isEmpty())
                .isNotEmpty()
                .allSatisfy(ArchitectureTest::assertNullMarked);
        assertNullMarked(root);
    }

    /** Exceptions of its own steer the consumer from inside; nobody else sees them. One is for handlers to throw. */
    @Test
    void thereIsOneRootOfExceptionsForUsers() {
        noClasses()
                .that()
                .areAssignableTo(Throwable.class)
                .and(not(belongToAnyOf(TerminalException.class)))
                .should()
                .resideInAPackage(ROOT)
                .allowEmptyShould(true)
                .check(SDK);
        noClasses()
                .that()
                .areAssignableTo(Throwable.class)
                .and(not(belongToAnyOf(TerminalException.class)))
                .should()
                .beAssignableTo(RuntimeException.class)
                .allowEmptyShould(true)
                .check(SDK);
    }

    private static void assertNullMarked(JavaPackage each) {
        assertThat(each.isAnnotatedWith(NullMarked.class)).as(each.getName()).isTrue();
    }

    private static boolean isSeenFromOutside(JavaClass type) {
        return type.getEnclosingClass()
                .map(outer -> outer.getModifiers().contains(JavaModifier.PUBLIC))
                .orElse(true);
    }
}
