package dev.aftercommit.demo;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Services that could be repositories of their own. */
class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.aftercommit.demo");

    @Test
    void theDirectoryKnowsTheAccountsByTheirEventsOnly() {
        noClasses()
                .that()
                .resideInAPackage("..demo.directory..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..demo.account..", "..demo.analytics..", "..demo.notification..")
                .check(MODULE);
    }

    @Test
    void analyticsKnowsTheAccountsByTheirEventsOnly() {
        noClasses()
                .that()
                .resideInAPackage("..demo.analytics..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..demo.account..", "..demo.directory..", "..demo.notification..")
                .check(MODULE);
    }

    @Test
    void notificationKnowsTheAccountsByTheirEventsOnlyAndTheMailGatewayByItsInterface() {
        noClasses()
                .that()
                .resideInAPackage("..demo.notification..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..demo.account..", "..demo.directory..", "..demo.analytics..", "..demo.mail..")
                .check(MODULE);
    }

    @Test
    void theMailGatewayIsOutsideOfAllThis() {
        noClasses()
                .that()
                .resideInAPackage("..demo.mail..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.aftercommit.consumer..", "dev.aftercommit.producer..", "dev.aftercommit.contract..")
                .check(MODULE);
    }

    @Test
    void theAccountsDoNotKnowWhoListens() {
        noClasses()
                .that()
                .resideInAPackage("..demo.account..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "..demo.directory..",
                        "..demo.analytics..",
                        "..demo.notification..",
                        "..demo.page..",
                        "io.nats..")
                .check(MODULE);
    }

    @Test
    void packagesDoNotDependOnEachOtherInCircles() {
        slices().matching("dev.aftercommit.demo.(*)..")
                .should()
                .beFreeOfCycles()
                .check(MODULE);
    }
}
