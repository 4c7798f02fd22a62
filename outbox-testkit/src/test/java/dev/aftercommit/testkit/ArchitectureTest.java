package dev.aftercommit.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What users see, and which classes know which library. */
class ArchitectureTest {
    private static final String ROOT = "dev.aftercommit.testkit";

    private static final JavaClasses KIT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void theseTypesAreTheApi() {
        assertThat(KIT.stream()
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(type -> type.getPackageName().equals(ROOT))
                        .map(type -> type.getName().substring(ROOT.length() + 1)))
                .containsExactlyInAnyOrder(
                        "DatabaseSchema",
                        "EmittedAssert",
                        "EmittedEvent",
                        "EmittedEventAssert",
                        "HandlerFuzz",
                        "HandlerFuzz$ConsumerInstance",
                        "OutboxFixture",
                        "OutboxStream",
                        "OutboxTest",
                        "OutboxTest$Database",
                        "StoredMessage",
                        "StreamRecording",
                        "TestInbox",
                        "TestOutbox",
                        "TestOutbox$Block",
                        "TestRelay",
                        "TestServers");
    }

    @Test
    void producerRelayAndConsumerAreKnownByTableStreamAndInboxOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.aftercommit.producer..", "dev.aftercommit.relay..", "dev.aftercommit.consumer..")
                .check(KIT);
    }

    @Test
    void onlyTheAnnotationAndItsExtensionNeedJUnit() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..internal.junit..")
                .and()
                .doNotHaveSimpleName("OutboxTest")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.junit..")
                .check(KIT);
    }

    @Test
    void onlyWhatIsSaidOfEmittedEventsNeedsAssertJ() {
        noClasses()
                .that()
                .doNotHaveSimpleName("EmittedAssert")
                .and()
                .doNotHaveSimpleName("EmittedEventAssert")
                .and()
                .doNotHaveSimpleName("TestOutbox")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.assertj..")
                .check(KIT);
    }

    @Test
    void natsIsTalkedToByRelayAndStreamOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..internal.stream..")
                .and()
                .haveNameNotMatching(".*\\.(TestRelay|OutboxStream)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.nats..")
                .check(KIT);
    }
}
