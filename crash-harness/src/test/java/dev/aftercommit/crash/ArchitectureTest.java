package dev.aftercommit.crash;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** A judge that shares no code with whom it judges. */
class ArchitectureTest {
    private static final String SERVICE = "..crash.service..";

    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.aftercommit.crash");

    /** But for the service that is killed, which runs in processes of its own. */
    @Test
    void theHarnessSharesNoCodeWithTheProduct() {
        noClasses()
                .that()
                .resideOutsideOfPackage(SERVICE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.aftercommit.contract..",
                        "dev.aftercommit.producer..",
                        "dev.aftercommit.relay..",
                        "dev.aftercommit.consumer..")
                .check(MODULE);
    }

    @Test
    void nobodyKnowsTheServiceButWhoStartsIt() {
        noClasses()
                .that()
                .resideOutsideOfPackage(SERVICE)
                .and()
                .doNotHaveSimpleName("ConsumerProgram")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(SERVICE)
                .check(MODULE);
    }

    @Test
    void theChecksDoNotKnowWhatWasDone() {
        noClasses()
                .that()
                .resideInAPackage("..crash.check..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..crash.fault..", "..crash.world..", "..crash.load..", SERVICE)
                .check(MODULE);
    }
}
