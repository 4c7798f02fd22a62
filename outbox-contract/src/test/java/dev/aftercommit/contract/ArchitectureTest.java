package dev.aftercommit.contract;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The wire between producer, relay and consumer: no server, no client of one. */
class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.aftercommit.contract");

    @Test
    void theContractKnowsNoServer() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.sql..", "javax.sql..", "org.jooq..", "org.postgresql..", "io.nats..", "org.slf4j..")
                .check(MODULE);
    }

    @Test
    void onlyTheRoomForTlsTouchesTheNetwork() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..contract.tls..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "javax.net..")
                .check(MODULE);
    }
}
