package dev.aftercommit.consumer;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.aftercommit.contract.AftercommitException;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What users see, and which classes know which library. */
final class ArchitectureTest {
    private static final String ROOT = "dev.aftercommit.consumer";

    private static final JavaClasses SDK = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void theseTypesAreTheApi() {
        assertThat(SDK.stream()
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(ArchitectureTest::isSeenFromOutside)
                        .map(type -> type.getName().substring(ROOT.length() + 1)))
                .containsExactlyInAnyOrder(
                        "Backoff",
                        "ConsumerStatus",
                        "ConsumerStatus$State",
                        "Handles",
                        "OutboxConsumer",
                        "OutboxConsumer$Builder",
                        "PartitionStatus",
                        "Waiting",
                        "Waiting$Reason");
    }

    @Test
    void onlyTheBrokersSideKnowsTheNatsClient() {
        noClasses()
                .that(not(belongToAnyOf(
                        Broker.class,
                        BrokerLog.class,
                        BrokerLogin.class,
                        BrokerOptions.class,
                        ConsumerConfig.class,
                        Delivery.class,
                        EventFeed.class,
                        OutboxConsumer.class,
                        StoredEvent.class,
                        StreamState.class)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.nats..")
                .check(SDK);
    }

    @Test
    void onlyTheHandlersTransactionKnowsJooq() {
        noClasses()
                .that(not(belongToAnyOf(HandlerParameter.class, HandlerTransaction.class, SavepointTransactions.class)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.jooq..")
                .check(SDK);
    }

    @Test
    void decisionsTouchNothingOutsideThemselves() {
        noClasses()
                .that(belongToAnyOf(
                        StartPoint.class,
                        PositionSearch.class,
                        Refusal.class,
                        Checkpoint.class,
                        StreamIdentity.class,
                        Selection.class))
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
        assertThat(root.getSubpackagesInTree()).allSatisfy(ArchitectureTest::assertNullMarked);
        assertNullMarked(root);
    }

    /** Exceptions of its own steer the consumer from inside; nobody else sees them. */
    @Test
    void thereIsOneRootOfExceptionsForUsers() {
        classes()
                .that()
                .areAssignableTo(Throwable.class)
                .and()
                .arePublic()
                .should()
                .beAssignableTo(AftercommitException.class)
                .allowEmptyShould(true)
                .check(SDK);
        classes()
                .that()
                .areAssignableTo(Throwable.class)
                .and()
                .areNotPublic()
                .should()
                .notBeAssignableTo(RuntimeException.class)
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
