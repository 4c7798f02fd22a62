package dev.aftercommit.consumer.internal.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.consumer.spi.ConsumerListener;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ListenersTest {
    private final Listeners listeners = new Listeners("directory/accounts");
    private final List<String> told = new ArrayList<>();

    private final ConsumerListener recording = new ConsumerListener() {
        @Override
        public void goesOn() {
            told.add("goes on");
        }
    };

    @Test
    void oneThatThrowsKeepsNobodyFromBeingTold() {
        listeners.add(throwing(new IllegalStateException("mine")));
        listeners.add(throwing(new StackOverflowError()));
        listeners.add(recording);

        listeners.tell(ConsumerListener::goesOn);
        listeners.tell(ConsumerListener::goesOn);

        assertThat(told).containsExactly("goes on", "goes on");
    }

    @Test
    void oneThatInterruptsItsThreadDoesNotLeaveItSo() {
        listeners.add(new ConsumerListener() {
            @Override
            public void goesOn() {
                Thread.currentThread().interrupt();
            }
        });

        listeners.tell(ConsumerListener::goesOn);

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void anInterruptThatWasThereBeforeStays() {
        listeners.add(recording);
        Thread.currentThread().interrupt();
        try {
            listeners.tell(ConsumerListener::goesOn);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void oneThatWasRemovedIsNotTold() {
        listeners.add(recording);
        listeners.remove(recording);

        listeners.tell(ConsumerListener::goesOn);

        assertThat(listeners.isEmpty()).isTrue();
        assertThat(told).isEmpty();
    }

    private static ConsumerListener throwing(Error error) {
        return new ConsumerListener() {
            @Override
            public void goesOn() {
                throw error;
            }
        };
    }

    private static ConsumerListener throwing(RuntimeException failure) {
        return new ConsumerListener() {
            @Override
            public void goesOn() {
                throw failure;
            }
        };
    }
}
