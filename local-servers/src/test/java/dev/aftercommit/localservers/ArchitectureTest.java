package dev.aftercommit.localservers;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Real servers for anybody. */
class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.aftercommit.localservers");

    @Test
    void theServersKnowNothingOfAnOutbox() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.aftercommit.contract..",
                        "dev.aftercommit.producer..",
                        "dev.aftercommit.relay..",
                        "dev.aftercommit.consumer..",
                        "dev.aftercommit.migrations..")
                .check(MODULE);
    }
}
