package dev.aftercommit.relay;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.aftercommit.contract.AftercommitException;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The rules by which a newcomer finds things. */
class ArchitectureTest {
    private static final String ROOT = "dev.aftercommit.relay";

    private final JavaClasses relay = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void onlyOneRoomKnowsDebezium() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..relay.debezium..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.debezium..", "org.apache.kafka..")
                .check(relay);
    }

    @Test
    void onlyThreeRoomsKnowTheNatsClient() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..relay.publish..", "..relay.broker..", "..relay.stream..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.nats..")
                .check(relay);
    }

    @Test
    void onlyTheCommandLineKnowsPicocliAndOnlyAdminKnowsMetrics() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..relay.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "org.flywaydb..")
                .check(relay);
        noClasses()
                .that()
                .resideOutsideOfPackage("..relay.admin..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", "com.sun.net.httpserver..")
                .check(relay);
    }

    @Test
    void packagesDoNotDependOnEachOtherInCircles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(relay);
    }

    @Test
    void routingAndCheckpointTouchNothingOutsideThemselves() {
        noClasses()
                .that()
                .resideInAnyPackage("..relay.routing..", "..relay.checkpoint..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "java.sql..",
                        "javax.sql..",
                        "java.net..",
                        "java.io..",
                        "java.nio.file..",
                        "java.nio.channels..",
                        "java.util.concurrent..",
                        "org.postgresql..",
                        "org.slf4j.."))
                .check(relay);
    }

    /** So that they run over another database, and over the simulated servers. */
    @Test
    void portsAndHistoryKnowNeitherPostgresNorNats() {
        noClasses()
                .that()
                .resideInAnyPackage("..relay.source..", "..relay.history..", "..relay.upkeep..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "java.sql..",
                        "org.postgresql..",
                        "io.nats..",
                        "..relay.postgres..",
                        "..relay.broker..",
                        "..relay.stream..",
                        "..relay.debezium.."))
                .check(relay);
    }

    @Test
    void theRelayKnowsTheProducerAndTheConsumerByTheWireOnly() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "dev.aftercommit.producer..", "dev.aftercommit.consumer..", "dev.aftercommit.localservers.."))
                .check(relay);
    }

    @Test
    void everyPackageIsNullMarked() {
        JavaPackage root = relay.getPackage(ROOT);
        assertThat(root.getSubpackagesInTree())
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.isAnnotatedWith(NullMarked.class))
                        .as(each.getName())
                        .isTrue());
    }

    @Test
    void thereIsOneRootOfExceptions() {
        classes()
                .that()
                .areAssignableTo(Throwable.class)
                .should()
                .beAssignableTo(AftercommitException.class)
                .allowEmptyShould(true)
                .check(relay);
    }
}
