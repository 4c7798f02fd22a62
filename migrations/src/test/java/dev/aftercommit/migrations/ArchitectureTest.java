package dev.aftercommit.migrations;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** SQL and who runs it. */
class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.aftercommit.migrations");

    @Test
    void theMigrationsDependOnNothingOfOurs() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.aftercommit.contract..",
                        "dev.aftercommit.producer..",
                        "dev.aftercommit.relay..",
                        "dev.aftercommit.consumer..",
                        "dev.aftercommit.localservers..")
                .check(MODULE);
    }
}
