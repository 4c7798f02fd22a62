package dev.aftercommit.demo.page;

import dev.aftercommit.demo.Http.Answer;
import java.net.URI;

/** What the page's buttons do to the mail gateway: what its operator, or the provider's page, would do elsewhere. */
final class MailActions {
    /** The mail gateway sends nothing to addresses in it, from the start. */
    static final String SUPPRESSED_DOMAIN = "invalid";

    private final URI suppression;

    MailActions(URI mailGateway) {
        this.suppression = mailGateway.resolve("/suppressions/" + SUPPRESSED_DOMAIN);
    }

    Answer lift() {
        return send("DELETE");
    }

    Answer suppress() {
        return send("PUT");
    }

    private Answer send(String method) {
        return Forward.to("mail-gateway", method, suppression, null);
    }
}
