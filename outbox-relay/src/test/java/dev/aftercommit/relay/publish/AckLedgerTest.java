package dev.aftercommit.relay.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class AckLedgerTest {
    @Test
    void answersInOrderAreCounted() {
        AckLedger ledger = new AckLedger(41);
        assertThat(ledger.answer(0, stored(42))).isNull();
        assertThat(ledger.answer(1, stored(43))).isNull();
        assertThat(ledger.acknowledged()).isEqualTo(2);
        assertThat(ledger.answered()).isEqualTo(2);
    }

    @Test
    void anAnswerThatOvertakesCountsOnlyWhenTheGapIsClosed() {
        AckLedger ledger = new AckLedger(0);
        assertThat(ledger.answer(2, stored(3))).isNull();
        assertThat(ledger.answer(1, stored(2))).isNull();
        assertThat(ledger.acknowledged()).isZero();
        assertThat(ledger.answer(0, stored(1))).isNull();
        assertThat(ledger.acknowledged()).isEqualTo(3);
    }

    @Test
    void anotherSequenceThanThePredictedOneFences() {
        AftercommitException ended = new AckLedger(10).answer(0, stored(12));
        assertThat(ended.code()).isEqualTo(ErrorCode.FENCED);
        assertThat(ended).hasMessage("A message was stored at sequence 12 instead of 11.");
    }

    @Test
    void aDuplicateElsewhereInTheStreamFences() {
        AckLedger ledger = new AckLedger(10);
        AftercommitException ended = ledger.answer(0, new Acknowledgement.Stored(7, true));
        assertThat(ended.code()).isEqualTo(ErrorCode.FENCED);
        assertThat(ended).hasMessageContaining("sequence 7 (duplicate) instead of 11");
        assertThat(ledger.acknowledged()).isZero();
    }

    @Test
    void eachOtherAnswerEndsTheRunAndAcknowledgesNothing() {
        AckLedger ledger = new AckLedger(0);
        assertThat(ledger.answer(0, new Acknowledgement.Fenced("wrong last sequence: 5 (10071)")))
                .hasMessage("Somebody else wrote to the stream: wrong last sequence: 5 (10071).")
                .extracting(AftercommitException::code)
                .isEqualTo(ErrorCode.FENCED);
        assertThat(ledger.answer(0, new Acknowledgement.Retryable("status 503 No Responders")))
                .hasMessage("JetStream did not store a message: status 503 No Responders.")
                .extracting(AftercommitException::code)
                .isEqualTo(ErrorCode.BROKER_UNAVAILABLE);
        assertThat(ledger.answer(0, new Acknowledgement.Rejected("maximum bytes exceeded (10077)")))
                .hasMessageStartingWith("JetStream refuses a message: maximum bytes exceeded (10077). ")
                .extracting(AftercommitException::code)
                .isEqualTo(ErrorCode.STREAM_MISMATCH);
        assertThat(ledger.acknowledged()).isZero();
        assertThat(ledger.answered()).isEqualTo(3);
    }

    @RepeatedTest(50)
    void inWhateverOrderAnswersComeNothingPastAGapIsAcknowledged() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int messages = 1 + random.nextInt(300);
        long last = random.nextLong(1_000_000);
        List<Long> order = new ArrayList<>(LongStream.range(0, messages).boxed().toList());
        Collections.shuffle(order, random);
        AckLedger ledger = new AckLedger(last);
        BitSet stored = new BitSet();
        for (long index : order) {
            if (random.nextInt(20) == 0) {
                assertThat(ledger.answer(index, new Acknowledgement.Retryable("lost")))
                        .isNotNull();
            } else {
                assertThat(ledger.answer(index, stored(last + 1 + index))).isNull();
                stored.set((int) index);
            }
            assertThat(ledger.acknowledged()).as("seed %d", seed).isEqualTo(stored.nextClearBit(0));
        }
        assertThat(ledger.answered()).isEqualTo(messages);
    }

    private static Acknowledgement stored(long sequence) {
        return new Acknowledgement.Stored(sequence, false);
    }
}
