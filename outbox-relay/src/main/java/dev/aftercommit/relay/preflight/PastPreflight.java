package dev.aftercommit.relay.preflight;

import dev.aftercommit.relay.history.Diagnosis;
import dev.aftercommit.relay.history.Diagnostician;
import dev.aftercommit.relay.history.Past;
import dev.aftercommit.relay.source.ParkedCount;
import dev.aftercommit.relay.source.SlotState;
import java.util.ArrayList;
import java.util.List;

/** Says what the relay would find if it compared the witnesses of the past now. Changes nothing. */
public final class PastPreflight {
    private static final String SUBJECT = "past";

    private PastPreflight() {}

    public static List<Finding> inspect(Past past, ParkedCount parked) {
        List<Finding> findings = new ArrayList<>();
        SlotState slot = past.database().slot();
        if (slot != null) {
            findings.add(slot(slot));
        }
        findings.add(finding(Diagnostician.diagnose(past)));
        if (parked.events() > 0) {
            findings.add(Finding.warning(
                    "parked events",
                    parked.events() + " events are parked: see \"parked list\" for the reasons, mend them, and publish"
                            + " the events by \"parked retry\""));
        }
        return findings;
    }

    private static Finding finding(Diagnosis diagnosis) {
        return switch (diagnosis) {
            case Diagnosis.Well well -> Finding.ok(SUBJECT, "table, journal, slot and stream agree");
            case Diagnosis.StreamAhead ahead ->
                Finding.ok(SUBJECT, "table, journal, slot and stream agree; the journal follows the stream");
            case Diagnosis.FirstStart first ->
                Finding.warning(
                        SUBJECT,
                        "nothing was published yet; the relay makes publication, slot and stream at its first start");
            case Diagnosis.TakeOver takeOver ->
                Finding.ok(SUBJECT, "published by a release that kept no journal; the relay begins one when it starts");
            case Diagnosis.StreamMissing missing ->
                Finding.warning(SUBJECT, "the stream is gone; the relay makes it again from journal and table");
            case Diagnosis.StreamRewound rewound ->
                Finding.warning(
                        SUBJECT,
                        "the stream is not what it was: " + rewound.seen()
                                + "; the relay publishes again what it lacks");
            case Diagnosis.PublicationTouched touched ->
                Finding.warning(
                        SUBJECT,
                        "the publication was changed: " + touched.seen()
                                + "; the relay sets it right and heals from the table");
            case Diagnosis.SlotLost lost ->
                Finding.warning(
                        SUBJECT,
                        "the replication slot is lost: " + lost.why()
                                + "; the relay makes a new one and heals from the table");
            case Diagnosis.SlotMoved moved ->
                Finding.warning(
                        SUBJECT,
                        "somebody else has moved the replication slot; the relay heals from the table what it has passed");
            case Diagnosis.Blocked blocked -> Finding.problem(SUBJECT, blocked.message());
        };
    }

    private static Finding slot(SlotState slot) {
        String size = slot.wal().retainedBytes() / 1024 / 1024 + " MB of WAL kept, "
                + slot.wal().lagBytes() + " bytes behind" + (slot.active() ? ", in use" : ", not in use");
        return "reserved".equals(slot.wal().status())
                ? Finding.ok("replication slot", size)
                : Finding.warning(
                        "replication slot",
                        size + "; its WAL is " + slot.wal().status()
                                + ": start the relay before PostgreSQL removes it");
    }
}
