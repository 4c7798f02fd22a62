package dev.aftercommit.demo.mail;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A mail to one address. */
record Mail(String to, String subject, String text) {
    private static final Pattern ADDRESS = Pattern.compile("[^\\s@]+@[^\\s@]+");

    Mail {
        if (!ADDRESS.matcher(required("to", to)).matches()) {
            throw new IllegalArgumentException("to is an address such as ada@example.com.");
        }
        required("subject", subject);
        required("text", text);
    }

    String domain() {
        return to.substring(to.indexOf('@') + 1).toLowerCase(Locale.ROOT);
    }

    private static String required(String name, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(name + " is missing.");
        }
        return value;
    }
}
