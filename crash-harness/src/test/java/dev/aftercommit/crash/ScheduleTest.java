package dev.aftercommit.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.crash.fault.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final List<Fault> ALL = Fault.named("all");

    @Test
    void aSeedIsAlwaysTheSameSchedule() {
        assertThat(Schedule.ofRelay(7, ALL)).isEqualTo(Schedule.ofRelay(7, ALL)).isNotEqualTo(Schedule.ofRelay(8, ALL));
    }

    @Test
    void seedsThatFollowOneAnotherCoverEverything() {
        List<Schedule> schedules = IntStream.range(0, 500)
                .mapToObj(seed -> Schedule.ofRelay(seed, ALL))
                .toList();
        assertThat(schedules.stream().flatMap(schedule -> schedule.faults().stream()))
                .containsAll(
                        ALL.stream().filter(fault -> !fault.needsConsumers()).toList());
        assertThat(schedules).extracting(Schedule::relays).contains(1, 2);
        assertThat(schedules).extracting(Schedule::clustered).contains(true, false);
        assertThat(schedules).extracting(Schedule::huge).contains(true, false);
        assertThat(schedules).extracting(Schedule::awaitsStreaming).contains(true, false);
        assertThat(schedules.stream().flatMap(schedule -> schedule.steps().stream()))
                .anyMatch(step -> step.faults().size() == 2)
                .allMatch(step -> step.faults().size() == 1
                        || step.faults().get(0).goesWith(step.faults().get(1)));
    }

    @Test
    void whatNeedsAClusterHappensToClustersAlone() {
        List<Schedule> schedules = IntStream.range(0, 500)
                .mapToObj(seed -> Schedule.ofRelay(seed, ALL))
                .toList();
        assertThat(schedules)
                .filteredOn(schedule -> !schedule.clustered())
                .flatExtracting(Schedule::faults)
                .noneMatch(Fault::needsCluster);
        assertThat(schedules)
                .filteredOn(Schedule::clustered)
                .flatExtracting(Schedule::faults)
                .anyMatch(Fault::needsCluster)
                .anyMatch(fault -> !fault.needsCluster());
        assertThat(Schedule.ofRelay(1, Fault.named("cluster")).clustered()).isTrue();
        assertThat(IntStream.range(0, 100).mapToObj(seed -> Schedule.ofRelay(seed, Fault.named("kills"))))
                .noneMatch(Schedule::clustered);
    }

    @Test
    void faultsAreNamedOneByOneOrByGroup() {
        assertThat(Fault.named("slot-dropped, SLOT_ADVANCED")).containsExactly(Fault.SLOT_DROPPED, Fault.SLOT_ADVANCED);
        assertThat(Fault.named("kills")).contains(Fault.RELAY_KILLED).doesNotContain(Fault.SLOT_DROPPED);
        assertThat(Fault.named("kills,pasts,silences,poison,cluster,consumers")).hasSameSizeAs(ALL);
        assertThatThrownBy(() -> Fault.named("kils")).hasMessageContaining("\"kils\" is no fault");
    }

    @Test
    void whereOnlyTheBeginningIsAskedForNothingElseHappens() {
        assertThat(Schedule.ofRelay(1, Fault.named("rows_imported")).faults()).containsExactly(Fault.ROWS_IMPORTED);
    }

    @Test
    void roundsOfARelayHaveNoConsumers() {
        List<Schedule> schedules = IntStream.range(0, 500)
                .mapToObj(seed -> Schedule.ofRelay(seed, ALL))
                .toList();
        assertThat(schedules).extracting(Schedule::consumers).containsOnly(0);
        assertThat(schedules).flatExtracting(Schedule::faults).noneMatch(Fault::needsConsumers);
    }

    @Test
    void roundsOfConsumersHaveTwoToFourOfThemAndEveryFault() {
        List<Schedule> schedules = IntStream.range(0, 1_000)
                .mapToObj(seed -> Schedule.ofConsumers(seed, ALL))
                .toList();
        assertThat(schedules)
                .extracting(Schedule::consumers)
                .contains(2, 3, 4)
                .allMatch(count -> count >= 2 && count <= 4);
        assertThat(schedules.stream().flatMap(schedule -> schedule.faults().stream()))
                .contains(Fault.values());
        assertThat(schedules).extracting(schedule -> schedule.steps().size()).contains(3, 4, 5);
    }

    @Test
    void theSliceOfConsumersHasEachOfTheirFaultsAndNothingThatTakesLong() {
        List<Schedule> slice = HarnessConfig.SLICE_OF_CONSUMERS.seeds().stream()
                .map(seed -> Schedule.ofConsumers(seed, Fault.named(HarnessConfig.FAULTS_OF_CONSUMERS)))
                .toList();
        List<Fault> silences = Fault.named("silences,consumer_database_silent,consumer_broker_silent");
        List<Fault> quick = new ArrayList<>(Fault.named("consumers,broker_restored,stream_deleted,stream_purged"));
        quick.removeAll(silences);
        assertThat(slice).flatExtracting(Schedule::faults).containsAll(quick).doesNotContainAnyElementsOf(silences);
        assertThat(slice).extracting(Schedule::huge).containsOnly(false);
        assertThat(slice).extracting(Schedule::clustered).contains(true);
    }
}
