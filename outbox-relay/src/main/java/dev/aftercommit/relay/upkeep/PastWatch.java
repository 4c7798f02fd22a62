package dev.aftercommit.relay.upkeep;

import dev.aftercommit.relay.history.Diagnosis;
import dev.aftercommit.relay.history.Diagnostician;
import dev.aftercommit.relay.history.Past;
import dev.aftercommit.relay.publish.EventStream;
import dev.aftercommit.relay.source.Ledger;
import dev.aftercommit.relay.source.Source;
import java.time.Duration;

/** Compares the witnesses of the past while the relay streams. */
public record PastWatch(Source source, Ledger ledger, EventStream stream) implements Chore {
    @Override
    public Duration interval() {
        return Duration.ofSeconds(3);
    }

    /** The stream is always a little ahead of the journal. */
    @Override
    public Finding run() {
        Diagnosis found = Diagnostician.diagnose(Past.look(source, ledger, stream));
        return switch (found) {
            case Diagnosis.Well well -> Finding.NOTHING;
            case Diagnosis.StreamAhead ahead -> Finding.NOTHING;
            case Diagnosis.Blocked blocked -> new Finding.Changed(found);
            case Diagnosis.Mendable mendable -> new Finding.Changed(found);
        };
    }
}
