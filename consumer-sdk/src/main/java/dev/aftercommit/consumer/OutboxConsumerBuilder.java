package dev.aftercommit.consumer;

import dev.aftercommit.consumer.internal.handler.EventHandlers;
import dev.aftercommit.consumer.internal.handler.EventReader;
import dev.aftercommit.consumer.internal.handler.EventType;
import dev.aftercommit.consumer.internal.handler.HandlerMethod;
import dev.aftercommit.consumer.internal.handler.HandlerScan;
import dev.aftercommit.consumer.internal.handler.Interceptors;
import dev.aftercommit.consumer.internal.handler.ReturnedEvents;
import dev.aftercommit.consumer.internal.handler.UnreadableEvents;
import dev.aftercommit.consumer.internal.observe.Listeners;
import dev.aftercommit.consumer.internal.settings.ConsumerConfig;
import dev.aftercommit.consumer.internal.settings.ConsumerIdentity;
import dev.aftercommit.consumer.internal.settings.HandlingMode;
import dev.aftercommit.consumer.internal.settings.ReadingConfig;
import dev.aftercommit.consumer.internal.stream.BrokerOptions;
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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Settings of a consumer, from {@link OutboxConsumer#builder()}. Not thread-safe. */
public final class OutboxConsumerBuilder {
    private static final int MOST_PARALLEL = 1_000;

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
    private HandlingMode mode = new HandlingMode.InOrder();
    private boolean natsService;
    private boolean migrate = true;

    OutboxConsumerBuilder() {}

    /** The consumer's name: its checkpoints are kept under it. Never change it, or all events come again. Required. */
    public OutboxConsumerBuilder name(String name) {
        this.name = name;
        return this;
    }

    /** Whose events it handles, such as {@code accounts}. Required. */
    public OutboxConsumerBuilder source(String source) {
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
    public OutboxConsumerBuilder dataSource(DataSource dataSource) {
        this.dataSource = dataSource;
        return this;
    }

    /**
     * Calls handlers in the transactions of a transaction manager, such as Spring's, so that what they write through it and
     * the checkpoint are committed together. Everything else goes on through {@link #dataSource}, which must lead to the
     * same database: the locks of the partitions, checkpoints that move without an event, what is parked and dead. Default:
     * transactions on connections of the data source.
     */
    public OutboxConsumerBuilder transactions(HandlerTransactions transactions) {
        this.transactions = transactions;
        return this;
    }

    /** One or more servers, comma separated. Default: {@code nats://localhost:4222}. */
    public OutboxConsumerBuilder nats(String urls) {
        this.nats = urls;
        return this;
    }

    /**
     * Changes the connection's options, for example for authentication and TLS. With TLS the server's certificate has to
     * be for the host of the address given with {@link #nats}, unless that says {@code opentls://}.
     */
    public OutboxConsumerBuilder natsOptions(Consumer<Options.Builder> customizer) {
        this.natsOptions = customizer;
        return this;
    }

    /**
     * Whether each instance is a NATS service {@code outbox-consumer}, so that {@code nats micro ls} finds it and {@code nats micro
     * stats outbox-consumer} shows its lag and partitions. Its login has to be allowed to subscribe to {@code $SRV.>} and
     * {@code aftercommit.consumer.*}, and to answer. Default: false.
     */
    public OutboxConsumerBuilder natsService(boolean natsService) {
        this.natsService = natsService;
        return this;
    }

    /** Adds objects with {@link Handles} methods. At least one is required. */
    public OutboxConsumerBuilder handlers(Object... more) {
        handlers.addAll(List.of(more));
        return this;
    }

    /** Adds who takes part in every call of a handler; the first one is the outermost. Default: nobody. */
    public OutboxConsumerBuilder interceptors(HandlerInterceptor... more) {
        interceptors.addAll(List.of(more));
        return this;
    }

    /**
     * Reads payloads. One that implements {@link dev.aftercommit.contract.TreeEventCodec} where an event class has
     * {@link dev.aftercommit.contract.Upcasts}. Default: {@link JsonEventCodec}.
     */
    public OutboxConsumerBuilder codec(EventCodec codec) {
        this.codec = codec;
        return this;
    }

    /**
     * Emits what handlers return, in their transactions: {@code Outbox::emitAll} of the module {@code outbox-producer}, whose
     * schema then is in the same database. Required where one returns something.
     */
    public OutboxConsumerBuilder emitter(EventEmitter emitter) {
        this.emitter = emitter;
        return this;
    }

    /** What becomes of events that cannot be read. Default: {@link UnreadablePolicy#PARK}. */
    public OutboxConsumerBuilder unreadable(UnreadablePolicy policy) {
        this.unreadable = policy;
        return this;
    }

    /**
     * How often an event whose handler fails is tried before it is dead, the first time included. Default: 20, which
     * with the default backoff takes about 40 minutes.
     */
    public OutboxConsumerBuilder attempts(int attempts) {
        this.attempts = attempts;
        return this;
    }

    /**
     * Adds errors, or causes of errors, after which an event is dead at once, like {@link TerminalException}. Default: none.
     */
    @SafeVarargs
    public final OutboxConsumerBuilder noRetryFor(Class<? extends Throwable>... errors) {
        for (Class<? extends Throwable> error : errors) {
            noRetryFor.add(error);
        }
        return this;
    }

    /** How long a failed event waits between two attempts. Default: {@link Backoff#DEFAULT}. */
    public OutboxConsumerBuilder backoff(Backoff backoff) {
        this.backoff = backoff;
        return this;
    }

    /**
     * How long a handler may leave its transaction idle, such as while it waits for another service; then the database
     * ends it, and the attempt has failed. As long may others wait for what a frozen instance was doing. Default: 1 minute.
     */
    public OutboxConsumerBuilder idleTransactionTimeout(Duration timeout) {
        this.idleTransactionTimeout = timeout;
        return this;
    }

    /**
     * Where it starts when it is new, that is when no instance of it has ever handled anything or been told to start
     * somewhere. Default: at the beginning. A consumer that is not new goes on where it was; {@link OutboxConsumer#reset}
     * has it start elsewhere.
     */
    public OutboxConsumerBuilder startAt(StartAt startAt) {
        this.startAt = startAt;
        return this;
    }

    /**
     * Gives order up: each event is handled by itself, on a virtual thread and in a transaction of its own, at most this many
     * at a time in this instance, 1 to {@value #MOST_PARALLEL}. For slow work that does not depend on what came before, such as to send
     * a mail or to call an HTTP API: an effect outside the database can happen again, so pass the event's id along. An event
     * whose handler fails is parked as ever, and none waits behind it.
     *
     * <p>Each takes a connection of the {@link #dataSource}, which has to have as many and two more. All instances share the
     * events through one durable JetStream consumer; the login needs the permissions for it. A consumer that has handled events
     * in order cannot go on in parallel under its name, nor the other way round. Default: in order.
     */
    public OutboxConsumerBuilder parallel(int atATime) {
        this.mode = new HandlingMode.InParallel(atATime);
        return this;
    }

    /**
     * Whether a partition goes on where events are gone from the stream that it has not handled, such as expired ones: with
     * one warning, counted in {@link PartitionStatus#goneMessages}. Default: false, it waits for a decision.
     */
    public OutboxConsumerBuilder passOverGoneEvents(boolean passOver) {
        this.passOverGoneEvents = passOver;
        return this;
    }

    /** Whether {@link OutboxConsumer#start()} brings the schema {@code inbox} up to date. Default: true. */
    public OutboxConsumerBuilder migrate(boolean migrate) {
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
        if (mode instanceof HandlingMode.InParallel(int most) && (most < 1 || most > MOST_PARALLEL)) {
            problems.add("parallel(" + most + "): 1 to " + MOST_PARALLEL + " events at a time");
        }
        if (name == null || source == null || dataSource == null || !problems.isEmpty()) {
            throw new AftercommitException(
                    ErrorCode.INVALID_SETTING, "The consumer cannot be built:\n- " + String.join("\n- ", problems));
        }
        RetryPolicy retry = new RetryPolicy(attempts, backoff, noRetryFor);
        ConsumerIdentity identity = new ConsumerIdentity(name, source);
        Map<EventType, HandlerMethod> methods = HandlerScan.of(handlers, retry);
        requireSingle(methods.values());
        return new OutboxConsumer(new ConsumerConfig(
                identity,
                dataSource,
                transactions,
                migrate,
                BrokerOptions.of(identity, nats, natsOptions),
                natsService,
                new ReadingConfig(startAt, passOverGoneEvents, mode),
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

    /** Events that are handled each by itself never make a list. */
    private void requireSingle(Collection<HandlerMethod> methods) {
        String several = methods.stream()
                .filter(HandlerMethod::takesSeveral)
                .map(HandlerMethod::name)
                .sorted()
                .collect(Collectors.joining(", "));
        if (mode.isInParallel() && !several.isEmpty()) {
            throw new AftercommitException(
                    ErrorCode.INVALID_HANDLER,
                    "parallel(...) handles each event by itself, in a transaction of its own, so no handler can take a list: "
                            + several + ". Take the event, or leave parallel(...) out.");
        }
    }
}
