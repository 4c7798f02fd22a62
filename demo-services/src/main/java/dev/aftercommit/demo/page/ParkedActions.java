package dev.aftercommit.demo.page;

import dev.aftercommit.demo.Http.Answer;
import dev.aftercommit.demo.page.Programs.Consuming;
import java.util.UUID;

/** What the page's buttons do about parked events, by the interfaces of the services that hold them back. */
final class ParkedActions {
    /** directory-service refuses accounts whose names begin with it. */
    static final String RESERVED_NAME = "admin";

    private static final String DIRECTORY = "directory-service";

    private final Programs programs;

    ParkedActions(Programs programs) {
        this.programs = programs;
    }

    Answer freeName() {
        return send(DIRECTORY, "DELETE", "/reserved-names/" + RESERVED_NAME);
    }

    Answer reserveName() {
        return send(DIRECTORY, "PUT", "/reserved-names/" + RESERVED_NAME);
    }

    Answer redrive(String service, UUID event) {
        return send(service, "POST", "/parked/" + event + "/redrive");
    }

    Answer discard(String service, UUID event) {
        return send(service, "DELETE", "/parked/" + event);
    }

    private Answer send(String service, String method, String path) {
        Consuming consuming = programs.consuming(service);
        return Forward.to(consuming.name(), method, consuming.address().resolve(path), null);
    }
}
