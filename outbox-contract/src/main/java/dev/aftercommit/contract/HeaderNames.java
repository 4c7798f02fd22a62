package dev.aftercommit.contract;

/** Names of message headers, and of the entries of the outbox's {@code headers} column that become such headers. */
public final class HeaderNames {
    public static final String CE_SPECVERSION = "ce-specversion";
    public static final String CE_ID = "ce-id";
    public static final String CE_SOURCE = "ce-source";
    public static final String CE_TYPE = "ce-type";
    public static final String CE_SUBJECT = "ce-subject";
    public static final String CE_TIME = "ce-time";
    public static final String CE_DATACONTENTTYPE = "ce-datacontenttype";
    public static final String CE_EVENTVERSION = "ce-eventversion";
    public static final String OUTBOX_POSITION = "Outbox-Position";
    public static final String NATS_MSG_ID = "Nats-Msg-Id";
    public static final String NATS_EXPECTED_LAST_SEQUENCE = "Nats-Expected-Last-Sequence";

    /** In the outbox's {@code headers}: becomes {@link #CE_EVENTVERSION}. */
    public static final String STORED_EVENTVERSION = "eventversion";
    /** In the outbox's {@code headers}: becomes {@link #CE_DATACONTENTTYPE}. */
    public static final String STORED_DATACONTENTTYPE = "datacontenttype";

    /** What an event's chain has in common: the id of its first event, unless somebody has set another. */
    public static final String CORRELATIONID = "correlationid";
    /** The id of the event whose handler emitted this one. */
    public static final String CAUSATIONID = "causationid";
    /** W3C trace context. */
    public static final String TRACEPARENT = "traceparent";
    /** W3C trace context. */
    public static final String TRACESTATE = "tracestate";
    /** W3C baggage. */
    public static final String BAGGAGE = "baggage";

    private HeaderNames() {}
}
