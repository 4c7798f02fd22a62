package dev.aftercommit.demo.account;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.aftercommit.demo.Json;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The bodies of the requests, checked before anything else sees them. */
final class Requests {
    private static final int MAX_BURST = 10_000;
    private static final int MIN_PASSWORD = 8;
    private static final int MAX_PASSWORD = 200;
    private static final int MAX_EMAIL = 254;
    private static final Pattern USERNAME = Pattern.compile("[A-Za-z0-9._-]{3,40}");
    private static final Pattern EMAIL = Pattern.compile("[^\\s@\\p{Cntrl}]+@[^\\s@\\p{Cntrl}]+\\.[^\\s@.\\p{Cntrl}]+");

    private Requests() {}

    record NewAccount(String username, String password, String email) {
        NewAccount {
            if (!USERNAME.matcher(required("username", username)).matches()) {
                throw refused("username is 3 to 40 of letters, digits, '.', '_' and '-'.");
            }
            requirePassword(password);
            requireEmail(email);
        }
    }

    record NewEmail(String email) {
        NewEmail {
            requireEmail(email);
        }
    }

    record Login(String password) {
        Login {
            required("password", password);
        }
    }

    record Burst(int count, String password) {
        Burst {
            if (count < 1 || count > MAX_BURST) {
                throw refused("count is 1 to " + MAX_BURST + ".");
            }
            requirePassword(password);
        }
    }

    static <T> T read(String body, Class<T> type) {
        String reason;
        JsonProcessingException cause;
        try {
            T request = Json.MAPPER.readValue(body, type);
            if (request != null) {
                return request;
            }
            throw refused("The body is null; send a JSON object.");
        } catch (JsonProcessingException e) {
            if (e.getCause() instanceof RefusedRequestException refused) {
                throw refused;
            }
            reason = e.getOriginalMessage();
            cause = e;
        }
        throw new RefusedRequestException(
                RefusedRequestException.BAD_REQUEST, "The body is not what is expected: " + reason, cause);
    }

    static long userId(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new RefusedRequestException(
                    RefusedRequestException.BAD_REQUEST, "\"" + text + "\" is not an account's number.", e);
        }
    }

    private static String required(String name, @Nullable String value) {
        if (value == null) {
            throw refused(name + " is missing.");
        }
        return value;
    }

    private static void requirePassword(@Nullable String password) {
        int length = required("password", password).length();
        if (length < MIN_PASSWORD || length > MAX_PASSWORD) {
            throw refused("password is " + MIN_PASSWORD + " to " + MAX_PASSWORD + " characters.");
        }
    }

    private static void requireEmail(@Nullable String email) {
        if (required("email", email).length() > MAX_EMAIL
                || !EMAIL.matcher(email).matches()) {
            throw refused("email is an address such as ada@example.com, of at most " + MAX_EMAIL + " characters.");
        }
    }

    private static RefusedRequestException refused(String message) {
        return new RefusedRequestException(RefusedRequestException.BAD_REQUEST, message);
    }
}
