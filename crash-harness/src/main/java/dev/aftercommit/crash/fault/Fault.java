package dev.aftercommit.crash.fault;

import dev.aftercommit.crash.world.World;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** What can happen. */
@SuppressWarnings("ImmutableEnumChecker") // a strike is a reference to a static method
public enum Fault {
    ROWS_BEFORE_START(Group.KILLS, 2, Part.BEGINNING, Beginnings::writeRows),
    OLD_TRANSACTION(Group.KILLS, 1, Part.BEGINNING, Beginnings::openTransaction),
    RELAY_KILLED(Group.KILLS, 4, Part.RELAY, RelayFaults::kill),
    RELAY_STOPPED(Group.KILLS, 2, Part.RELAY, RelayFaults::stop),
    RELAY_FROZEN(Group.KILLS, 2, Part.RELAY, RelayFaults::freeze),
    WAL_SENDER_TERMINATED(Group.KILLS, 2, Part.DATABASE, DatabaseFaults::terminateWalSender),
    SESSIONS_TERMINATED(Group.KILLS, 2, Part.DATABASE, DatabaseFaults::terminateSessions),
    DATABASE_KILLED(Group.KILLS, 2, Part.DATABASE, DatabaseFaults::kill),
    DATABASE_RESTARTED(Group.KILLS, 2, Part.DATABASE, DatabaseFaults::restart),
    BROKER_KILLED(Group.KILLS, 2, Part.BROKER, BrokerFaults::kill),
    BROKER_RESTARTED(Group.KILLS, 2, Part.BROKER, BrokerFaults::restart),
    STREAM_FULL(Group.KILLS, 2, Part.BROKER, BrokerFaults::fillStream),
    BROKER_LINK_CUT(Group.KILLS, 2, Part.BROKER, LinkFaults::cutBroker),
    SQL_LINK_CUT(Group.KILLS, 2, Part.DATABASE, LinkFaults::cutSql),
    REPLICATION_LINK_CUT(Group.KILLS, 2, Part.DATABASE, LinkFaults::cutReplication),
    LINKS_SLOW(Group.KILLS, 2, Part.NONE, LinkFaults::slowDown),
    COLUMN_ADDED(Group.KILLS, 1, Part.DATABASE, SchemaFaults::addColumn),
    PARTITION_ATTACHED(Group.KILLS, 1, Part.DATABASE, SchemaFaults::attachPartition),
    TABLE_ANALYZED(Group.KILLS, 1, Part.DATABASE, SchemaFaults::analyze),

    BROKER_LINK_SILENT(Group.SILENCES, 1, Part.BROKER, LinkFaults::silenceBroker),
    SQL_LINK_SILENT(Group.SILENCES, 1, Part.DATABASE, LinkFaults::silenceSql),
    REPLICATION_LINK_SILENT(Group.SILENCES, 1, Part.DATABASE, LinkFaults::silenceReplication),

    ROWS_IMPORTED(Group.PASTS, 1, Part.BEGINNING, Beginnings::importRows),
    DATABASE_RESTORED(Group.PASTS, 4, Part.DATABASE, PastFaults::restoreDatabase),
    FAILOVER(Group.PASTS, 2, Part.EVERYTHING, PastFaults::failOver),
    SLOT_ADVANCED(Group.PASTS, 2, Part.EVERYTHING, SlotFaults::advance),
    SLOT_DROPPED(Group.PASTS, 2, Part.EVERYTHING, SlotFaults::drop),
    SLOT_MADE_ANEW(Group.PASTS, 2, Part.EVERYTHING, SlotFaults::makeAnew),
    PUBLICATION_ALTERED(Group.PASTS, 2, Part.DATABASE, PublicationFaults::alter),
    PUBLICATION_DROPPED(Group.PASTS, 2, Part.DATABASE, PublicationFaults::drop),
    BROKER_RESTORED(Group.PASTS, 4, Part.BROKER, PastFaults::restoreBroker),
    STREAM_DELETED(Group.PASTS, 2, Part.BROKER, BrokerFaults::deleteStream),
    STREAM_PURGED(Group.PASTS, 2, Part.BROKER, BrokerFaults::purgeStream),

    STREAM_NARROWED(Group.POISON, 4, Part.BROKER, PoisonFaults::narrowStream),
    ROWS_MALFORMED(Group.POISON, 3, Part.DATABASE, PoisonFaults::writeMalformed),
    PARKED_RETRIED(Group.POISON, 3, Part.DATABASE, ParkedFaults::retry),
    PARKED_DISCARDED(Group.POISON, 2, Part.DATABASE, ParkedFaults::discard),

    LEADER_STEPPED_DOWN(Group.CLUSTER, 6, Part.BROKER, ClusterFaults::stepDown),
    LEADER_KILLED(Group.CLUSTER, 6, Part.BROKER, ClusterFaults::killLeader),
    QUORUM_LOST(Group.CLUSTER, 6, Part.BROKER, ClusterFaults::loseQuorum),
    SERVER_FROZEN(Group.CLUSTER, 6, Part.BROKER, ClusterFaults::freeze),
    SERVER_CUT_OFF(Group.CLUSTER, 6, Part.BROKER, ClusterFaults::cutOff),

    CONSUMER_KILLED(Group.CONSUMERS, 14, Part.CONSUMERS, ConsumerFaults::kill),
    CONSUMERS_KILLED(Group.CONSUMERS, 5, Part.CONSUMERS, ConsumerFaults::killAll),
    CONSUMER_STOPPED(Group.CONSUMERS, 10, Part.CONSUMERS, ConsumerFaults::stop),
    CONSUMER_FROZEN(Group.CONSUMERS, 8, Part.CONSUMERS, ConsumerFaults::freeze),
    CONSUMER_DATABASE_CUT(Group.CONSUMERS, 5, Part.CONSUMERS, ConsumerFaults::cutDatabase),
    CONSUMER_BROKER_CUT(Group.CONSUMERS, 5, Part.CONSUMERS, ConsumerFaults::cutBroker),
    CONSUMER_DATABASE_SILENT(Group.CONSUMERS, 1, Part.CONSUMERS, ConsumerFaults::silenceDatabase),
    CONSUMER_BROKER_SILENT(Group.CONSUMERS, 1, Part.CONSUMERS, ConsumerFaults::silenceBroker),
    INBOX_SESSIONS_TERMINATED(Group.CONSUMERS, 10, Part.INBOX, InboxFaults::terminateSessions),
    INBOX_KILLED(Group.CONSUMERS, 6, Part.INBOX, InboxFaults::kill),
    INBOX_RESTARTED(Group.CONSUMERS, 6, Part.INBOX, InboxFaults::restart),
    DEAD_REDRIVEN(Group.CONSUMERS, 8, Part.INBOX, InboxFaults::redrive),
    DEAD_DISCARDED(Group.CONSUMERS, 6, Part.INBOX, InboxFaults::discard);

    /** What relay and consumers must be able to do to survive. */
    public enum Group {
        /** Processes and connections die, and come back. */
        KILLS,
        /** A connection falls silent for longer than anybody waits. */
        SILENCES,
        /** Slot, publication, stream or database are not what they were. */
        PASTS,
        /** Events that the stream cannot take, and an operator who has something done with them. */
        POISON,
        /** Servers of a cluster die, freeze and do not hear each other; only where there is one. */
        CLUSTER,
        /** Instances of a consuming service, and its database, die and come back; only where there is one. */
        CONSUMERS
    }

    /** What a fault takes away; two that take away the same do not happen at once. */
    enum Part {
        NONE,
        BEGINNING,
        RELAY,
        DATABASE,
        BROKER,
        CONSUMERS,
        INBOX,
        EVERYTHING
    }

    private interface Strike {
        void at(World world, Random random) throws Exception;
    }

    private final Group group;
    private final int weight;
    private final Part part;
    private final Strike strike;

    Fault(Group group, int weight, Part part, Strike strike) {
        this.group = group;
        this.weight = weight;
        this.part = part;
        this.strike = strike;
    }

    /** How often it is drawn, compared with others. */
    public int weight() {
        return weight;
    }

    /** Whether it is what a relay finds at its first start, rather than something that happens later. */
    public boolean isBeginning() {
        return part == Part.BEGINNING;
    }

    /** Whether it only happens to a broker of several servers. */
    public boolean needsCluster() {
        return group == Group.CLUSTER;
    }

    /** Whether it only happens to those who handle the events. */
    public boolean needsConsumers() {
        return group == Group.CONSUMERS;
    }

    /** Whether both may happen at the same time. */
    public boolean goesWith(Fault other) {
        return part != other.part && !Set.of(part, other.part).contains(Part.EVERYTHING);
    }

    /** Lets it happen; returns when all is up again. */
    public void strike(World world, Random random) throws Exception {
        world.log().say(name() + " begins");
        strike.at(world, random);
        world.log().say(name() + " is over");
    }

    /**
     * The faults that a text names: groups and single ones, separated by commas, or "all".
     *
     * @throws IllegalArgumentException when it names something else
     */
    public static List<Fault> named(String text) {
        return Stream.of(text.split(",", -1)).flatMap(Fault::one).distinct().toList();
    }

    private static Stream<Fault> one(String name) {
        String upper = name.strip().toUpperCase(Locale.ROOT).replace('-', '_');
        List<Fault> found = Arrays.stream(values())
                .filter(fault -> upper.equals("ALL") || upper.equals(fault.group.name()) || upper.equals(fault.name()))
                .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("\"" + name + "\" is no fault; there are all, "
                    + Arrays.toString(Group.values()) + ", " + Arrays.toString(values()));
        }
        return found.stream();
    }
}
