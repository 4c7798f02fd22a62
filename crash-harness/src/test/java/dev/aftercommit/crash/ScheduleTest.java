package dev.aftercommit.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aftercommit.crash.fault.Fault;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final List<Fault> ALL = Fault.named("all");

    @Test
    void aSeedIsAlwaysTheSameSchedule() {
        assertThat(Schedule.draw(7, ALL)).isEqualTo(Schedule.draw(7, ALL)).isNotEqualTo(Schedule.draw(8, ALL));
    }

    @Test
    void seedsThatFollowOneAnotherCoverEverything() {
        List<Schedule> schedules = IntStream.range(0, 500)
                .mapToObj(seed -> Schedule.draw(seed, ALL))
                .toList();
        assertThat(schedules.stream().flatMap(schedule -> schedule.faults().stream()))
                .contains(Fault.values());
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
                .mapToObj(seed -> Schedule.draw(seed, ALL))
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
        assertThat(Schedule.draw(1, Fault.named("cluster")).clustered()).isTrue();
        assertThat(IntStream.range(0, 100).mapToObj(seed -> Schedule.draw(seed, Fault.named("kills"))))
                .noneMatch(Schedule::clustered);
    }

    @Test
    void faultsAreNamedOneByOneOrByGroup() {
        assertThat(Fault.named("slot-dropped, SLOT_ADVANCED")).containsExactly(Fault.SLOT_DROPPED, Fault.SLOT_ADVANCED);
        assertThat(Fault.named("kills")).contains(Fault.RELAY_KILLED).doesNotContain(Fault.SLOT_DROPPED);
        assertThat(Fault.named("kills,pasts,silences,poison,cluster")).hasSameSizeAs(ALL);
        assertThatThrownBy(() -> Fault.named("kils")).hasMessageContaining("\"kils\" is no fault");
    }

    @Test
    void whereOnlyTheBeginningIsAskedForNothingElseHappens() {
        assertThat(Schedule.draw(1, Fault.named("rows_imported")).faults()).containsExactly(Fault.ROWS_IMPORTED);
    }
}
