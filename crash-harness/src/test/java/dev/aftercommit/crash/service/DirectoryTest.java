package dev.aftercommit.crash.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.consumer.Handles;
import dev.aftercommit.contract.DomainEvent;
import dev.aftercommit.crash.world.ConsumerProgram;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DirectoryTest {
    @Test
    void theJudgeKnowsWhichEventTypesHaveAHandler() {
        assertThat(Arrays.stream(Directory.class.getDeclaredMethods())
                        .map(method -> method.getAnnotation(Handles.class))
                        .filter(Objects::nonNull)
                        .map(handles -> handles.value().getAnnotation(DomainEvent.class))
                        .map(event -> event.aggregateType() + "/" + event.type()))
                .containsExactlyInAnyOrderElementsOf(ConsumerProgram.HANDLED);
    }
}
