package dev.aftercommit.consumer;

import dev.aftercommit.consumer.ConsumerStatus.State;
import dev.aftercommit.consumer.internal.handler.EventHandlers;
import dev.aftercommit.consumer.internal.handler.EventReader;
import dev.aftercommit.consumer.internal.handler.EventType;
import dev.aftercommit.consumer.internal.handler.HandlerMethod;
import dev.aftercommit.consumer.internal.handler.HandlerScan;
import dev.aftercommit.consumer.internal.handler.Interceptors;
import dev.aftercommit.consumer.internal.handler.ReturnedEvents;
import dev.aftercommit.consumer.internal.handler.UnreadableEvents;
import dev.aftercommit.consumer.internal.observe.Listeners;
import dev.aftercommit.consumer.internal.parking.DeadLetterTable;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import dev.aftercommit.consumer.internal.settings.ReadingConfig;
import dev.aftercommit.consumer.internal.start.Reset;
import dev.aftercommit.consumer.internal.stream.BrokerOptions;
import dev.aftercommit.consumer.internal.supervise.Supervisor;
import dev.aftercommit.consumer.spi.ConsumerListener;
import dev.aftercommit.consumer.spi.EventEmitter;
import dev.aftercommit.consumer.spi.HandlerInterceptor;
import dev.aftercommit.consumer.spi.HandlerTransactions;
import dev.aftercommit.contract.AftercommitException;
import dev.aftercommit.contract.ErrorCode;
import dev.aftercommit.contract.EventCodec;
import dev.aftercommit.contract.JsonEventCodec;
import dev.aftercommit.contract.Subject;
import io.nats.client.Options;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Handles the events of one source in a service's own database, each aggregate's in order, the effect of each once.
 *
 * <pre>{@code
 * OutboxConsumer consumer = OutboxConsumer.builder()
 *         .name("directory")
 *         .source("accounts")
 *         .dataSource(dataSource)
 *         .nats("nats://localhost:4222")
 *         .handlers(new DirectoryHandlers())
 *         .build();
 * consumer.start();
 * }</pre>
 *
 * <p>Any number of instances with the same name and database share the stream's partitions evenly, within seconds after one
 * starts, stops, is killed or frozen; consumers with different names each get every event. A new consumer starts at the oldest event that the stream still has, or where its builder says; an event
 * type that gets its handler later is handled from the checkpoints on.
 *
 * <p>Nothing is skipped in silence: a partition whose events are gone from the stream before they were handled, or whose
 * stream tells of another past than the one that was handled, waits for a decision ({@link Waiting.Reason}). Three things
 * cannot be told: whose a removed message was, so that every partition that had not yet come there counts as concerned;
 * messages that were deleted one by one, when the stream lacks more than 100,000 of these; and what is removed within
 * the moments in which it is on its way to a consumer that keeps up.
 *
 * <p>An event whose handler fails is parked in {@code inbox.parked_event} and tried again from there by any instance, while
 * later events of its aggregate wait behind it; see {@link Handles} and {@link RetryPolicy}.
 *
 * <p>It takes one connection of the data source for itself, whose session holds the partitions (so not through a pool
 * that shares sessions, such as PgBouncer in transaction mode), and one more for each transaction, of which there are at
 * most as many at a time as it owns partitions, and one for parked events. Thread-safe.
 */
public final class OutboxConsumer implements AutoCloseable {
    private static final Duration FINISH_TIMEOUT = Duration.ofSeconds(10);

    private final ConsumerConfig config;

    private final ReentrantLock lifecycle = new ReentrantLock();
    private volatile State state = State.NEW;
    private volatile @Nullable Supervisor supervisor;

    private OutboxConsumer(ConsumerConfig config) {
        this.config = config;
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Checks that the database and NATS are what a consumer needs and starts to handle events; returns at once after
     * that. From then on it keeps trying whatever is away, and waits for a stream that does not exist yet. Does nothing
     * when it runs already.
     *
     * @throws AftercommitException {@link ErrorCode#DATABASE_UNAVAILABLE} or {@link ErrorCode#BROKER_UNAVAILABLE} when
     *     one cannot be reached now, {@link ErrorCode#DATABASE_UNSUITABLE} or {@link ErrorCode#BROKER_UNSUITABLE} when
     *     it has to be set up differently, {@link ErrorCode#INVALID_SETTING} when {@link Builder#transactions} does not do
     *     what it should; it may be started again
     * @throws IllegalStateException after {@link #close()}
     */
    public void start() {
        lifecycle.lock();
        try {
            if (state == State.CLOSED) {
                throw new IllegalStateException(
                        "The consumer " + config.identity() + " is closed; build another one to start again.");
            }
            if (state == State.NEW) {
                Supervisor starting = new Supervisor(config, this::status);
                starting.start();
                supervisor = starting;
                state = State.RUNNING;
            }
        } finally {
            lifecycle.unlock();
        }
    }

    /** Like {@link #close(Duration)} with 10 seconds. */
    @Override
    public void close() {
        close(FINISH_TIMEOUT);
    }

    /**
     * Stops: handlers that run now have this long to finish, then their transactions are cut off, and the database rolls them
     * back; what still does not answer after some seconds more is left behind. The partitions are free for other instances at
     * once. Does nothing when it is closed already. Never throws. Another one of the same name may be built and started then.
     *
     * @param finish zero to cut off at once
     */
    public void close(Duration finish) {
        lifecycle.lock();
        try {
            Supervisor running = supervisor;
            if (state == State.RUNNING && running != null) {
                running.close(finish);
            }
            state = State.CLOSED;
        } finally {
            lifecycle.unlock();
        }
    }

    /** What the consumer does now. Cheap enough to ask every second. */
    public ConsumerStatus status() {
        Supervisor running = supervisor;
        return new ConsumerStatus(
                config.identity().consumer(),
                config.identity().source(),
                state,
                running != null && running.connected(),
                running == null ? null : running.waiting(),
                running == null ? ParkedCounts.NONE : running.parked(),
                config.handlers().unreadable().count(),
                running == null ? null : running.transactionAge(),
                running == null ? List.of() : running.partitions());
    }

    /** From now on this one is told what the consumer does, in this instance. */
    public void addListener(ConsumerListener listener) {
        config.listeners().add(listener);
    }

    /** From now on it is not told any more; a call that has begun comes to its end. */
    public void removeListener(ConsumerListener listener) {
        config.listeners().remove(listener);
    }

    /** Events that are not tried any more, of all instances; for a service that wants to show, redrive or discard them. */
    public DeadLetters deadLetters() {
        return new DeadLetterTable(config.identity(), config.dataSource(), () -> {
            Supervisor running = supervisor;
            if (running != null) {
                running.lookAtParked();
            }
        });
    }

    /**
     * Has this consumer, all instances of it, go on from another place: whatever runs now is finished, within seconds the
     * checkpoints of all partitions are set in one transaction, and that is logged. Events behind that place are handled
     * again even if they were, and those before it never, though parked ones are still tried. It may be called whether the
     * consumer runs or not; without a running instance it is done when one starts. The last of several requests counts.
     *
     * @throws AftercommitException {@link ErrorCode#DATABASE_UNAVAILABLE} or {@link ErrorCode#DATABASE_UNSUITABLE}
     */
    public void reset(StartAt startAt) {
        Reset.request(config.dataSource(), config.identity(), startAt);
        Supervisor running = supervisor;
        if (running != null) {
            running.lookAtStarts();
        }
    }

    /** Settings of a consumer. Not thread-safe. */
    public static final class Builder {
        private final List<Object> handlers = new ArrayList<>();
        private final List<HandlerInterceptor> interceptors = new ArrayList<>();
        private @Nullable String name;
        private @Nullable String source;
        private @Nullable DataSource dataSource;
        private @Nullable HandlerTransactions transactions;
        private String nats = Options.DEFAULT_URL;
        private Consumer<Options.Builder> natsOptions = options -> {};
        private EventCodec codec = new JsonEventCodec();
        private UnreadablePolicy unreadable = UnreadablePolicy.PARK;
        private @Nullable EventEmitter emitter;
        private int attempts = RetryPolicy.DEFAULT.attempts();
        private Backoff backoff = RetryPolicy.DEFAULT.backoff();
        private final List<Class<? extends Throwable>> noRetryFor = new ArrayList<>();
        private Duration idleTransactionTimeout = Duration.ofMinutes(1);
        private StartAt startAt = StartAt.beginning();
        private boolean passOverGoneEvents;
        private boolean natsService;
        private boolean migrate = true;

        private Builder() {}

        /** The consumer's name: its checkpoints are kept under it. Never change it, or all events come again. Required. */
        public Builder name(String name) {
            this.name = name;
            return this;
        }

        /** Whose events it handles, such as {@code accounts}. Required. */
        public Builder source(String source) {
            this.source = source;
            return this;
        }

        /**
         * The service's own database, PostgreSQL 14 or later; a pool. Required.
         *
         * <p>PostgreSQL frees the partitions and transactions of an instance when its connections end. Of a machine that
         * vanishes without a word it learns by TCP keepalives, which start after two hours by default: so that other
         * instances take over within half a minute, connect with {@code options=-c tcp_keepalives_idle=10 -c
         * tcp_keepalives_interval=5 -c tcp_keepalives_count=3}.
         */
        public Builder dataSource(DataSource dataSource) {
            this.dataSource = dataSource;
            return this;
        }

        /**
         * Calls handlers in the transactions of a transaction manager, such as Spring's, so that what they write through it and
         * the checkpoint are committed together. Everything else goes on through {@link #dataSource}, which must lead to the
         * same database: the locks of the partitions, checkpoints that move without an event, what is parked and dead. Default:
         * transactions on connections of the data source.
         */
        public Builder transactions(HandlerTransactions transactions) {
            this.transactions = transactions;
            return this;
        }

        /** One or more servers, comma separated. Default: {@code nats://localhost:4222}. */
        public Builder nats(String urls) {
            this.nats = urls;
            return this;
        }

        /**
         * Changes the connection's options, for example for authentication and TLS. With TLS the server's certificate has to
         * be for the host of the address given with {@link #nats}, unless that says {@code opentls://}.
         */
        public Builder natsOptions(Consumer<Options.Builder> customizer) {
            this.natsOptions = customizer;
            return this;
        }

        /**
         * Whether each instance is a NATS service {@code outbox-consumer}, so that {@code nats micro ls} finds it and {@code nats micro
         * stats outbox-consumer} shows its lag and partitions. Its login has to be allowed to subscribe to {@code $SRV.>} and
         * {@code aftercommit.consumer.*}, and to answer. Default: false.
         */
        public Builder natsService(boolean natsService) {
            this.natsService = natsService;
            return this;
        }

        /** Adds objects with {@link Handles} methods. At least one is required. */
        public Builder handlers(Object... more) {
            handlers.addAll(List.of(more));
            return this;
        }

        /** Adds who takes part in every call of a handler; the first one is the outermost. Default: nobody. */
        public Builder interceptors(HandlerInterceptor... more) {
            interceptors.addAll(List.of(more));
            return this;
        }

        /**
         * Reads payloads. One that implements {@link dev.aftercommit.contract.TreeEventCodec} where an event class has
         * {@link dev.aftercommit.contract.Upcasts}. Default: {@link JsonEventCodec}.
         */
        public Builder codec(EventCodec codec) {
            this.codec = codec;
            return this;
        }

        /**
         * Emits what handlers return, in their transactions: {@code Outbox::emitAll} of the module {@code outbox-producer}, whose
         * schema then is in the same database. Required where one returns something.
         */
        public Builder emitter(EventEmitter emitter) {
            this.emitter = emitter;
            return this;
        }

        /** What becomes of events that cannot be read. Default: {@link UnreadablePolicy#PARK}. */
        public Builder unreadable(UnreadablePolicy policy) {
            this.unreadable = policy;
            return this;
        }

        /**
         * How often an event whose handler fails is tried before it is dead, the first time included. Default: 20, which
         * with the default backoff takes about 40 minutes.
         */
        public Builder attempts(int attempts) {
            this.attempts = attempts;
            return this;
        }

        /**
         * Adds errors, or causes of errors, after which an event is dead at once, like {@link TerminalException}. Default: none.
         */
        @SafeVarargs
        public final Builder noRetryFor(Class<? extends Throwable>... errors) {
            for (Class<? extends Throwable> error : errors) {
                noRetryFor.add(error);
            }
            return this;
        }

        /** How long a failed event waits between two attempts. Default: {@link Backoff#DEFAULT}. */
        public Builder backoff(Backoff backoff) {
            this.backoff = backoff;
            return this;
        }

        /**
         * How long a handler may leave its transaction idle, such as while it waits for another service; then the database
         * ends it, and the attempt has failed. As long may others wait for what a frozen instance was doing. Default: 1 minute.
         */
        public Builder idleTransactionTimeout(Duration timeout) {
            this.idleTransactionTimeout = timeout;
            return this;
        }

        /**
         * Where it starts when it is new, that is when no instance of it has ever handled anything or been told to start
         * somewhere. Default: at the beginning. A consumer that is not new goes on where it was; {@link OutboxConsumer#reset}
         * has it start elsewhere.
         */
        public Builder startAt(StartAt startAt) {
            this.startAt = startAt;
            return this;
        }

        /**
         * Whether a partition goes on where events are gone from the stream that it has not handled, such as expired ones: with
         * one warning, counted in {@link PartitionStatus#goneMessages}. Default: false, it waits for a decision.
         */
        public Builder passOverGoneEvents(boolean passOver) {
            this.passOverGoneEvents = passOver;
            return this;
        }

        /** Whether {@link #start()} brings the schema {@code inbox} up to date. Default: true. */
        public Builder migrate(boolean migrate) {
            this.migrate = migrate;
            return this;
        }

        /**
         * Checks the settings and the handlers; nothing is connected yet.
         *
         * @throws AftercommitException {@link ErrorCode#INVALID_SETTING} that names every missing or wrong setting, or a codec
         *     that cannot do what upcasters need, {@link ErrorCode#INVALID_HANDLER} that names every method that cannot be used
         */
        public OutboxConsumer build() {
            List<String> problems = new ArrayList<>();
            if (name == null || name.isBlank()) {
                problems.add("name is missing: name(\"directory\"), under which its checkpoints are kept");
            }
            if (source == null) {
                problems.add("source is missing: source(\"accounts\"), whose events it handles");
            } else {
                try {
                    Subject.requireSource(source);
                } catch (AftercommitException e) {
                    problems.add("source: " + e.getMessage());
                }
            }
            if (dataSource == null) {
                problems.add("dataSource is missing: dataSource(...), the service's own database");
            }
            if (idleTransactionTimeout.toMillis() < 1) {
                problems.add("idleTransactionTimeout(" + idleTransactionTimeout + "): at least 1 ms");
            }
            if (attempts < 1) {
                problems.add("attempts(" + attempts + "): an event is tried at least once");
            }
            if (name == null || source == null || dataSource == null || !problems.isEmpty()) {
                throw new AftercommitException(
                        ErrorCode.INVALID_SETTING, "The consumer cannot be built:\n- " + String.join("\n- ", problems));
            }
            RetryPolicy retry = new RetryPolicy(attempts, backoff, noRetryFor);
            ConsumerIdentity identity = new ConsumerIdentity(name, source);
            Map<EventType, HandlerMethod> methods = HandlerScan.of(handlers, retry);
            return new OutboxConsumer(new ConsumerConfig(
                    identity,
                    dataSource,
                    transactions,
                    migrate,
                    BrokerOptions.of(identity, nats, natsOptions),
                    natsService,
                    new ReadingConfig(startAt, passOverGoneEvents),
                    new EventHandlers(
                            methods,
                            EventReader.of(
                                    codec,
                                    methods.values().stream()
                                            .map(HandlerMethod::event)
                                            .toList()),
                            new UnreadableEvents(unreadable, identity.toString()),
                            ReturnedEvents.of(methods.values(), emitter),
                            new Interceptors(name, interceptors)),
                    retry,
                    idleTransactionTimeout,
                    new Listeners(identity.toString())));
        }
    }
}
