package dev.aftercommit.producer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What a service takes in that emits: the contract, jOOQ and JDBC. */
class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.aftercommit.producer");

    @Test
    void theProducerKnowsRelayAndConsumerByTheTableOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.aftercommit.relay..", "dev.aftercommit.consumer..", "dev.aftercommit.migrations..")
                .check(MODULE);
    }

    @Test
    void theProducerKnowsNoBroker() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.nats..", "io.debezium..")
                .check(MODULE);
    }
}
