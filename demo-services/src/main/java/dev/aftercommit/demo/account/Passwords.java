package dev.aftercommit.demo.account;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Password hashes: PBKDF2 with HMAC-SHA-256 and a salt of their own, as {@code scheme$iterations$salt$hash}. Thread-safe.
 */
final class Passwords {
    /** What OWASP recommends for this scheme. */
    static final int DEFAULT_ITERATIONS = 600_000;

    private static final String SCHEME = "pbkdf2-sha256";
    private static final int SALT_BYTES = 16;
    private static final int HASH_BITS = 256;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final int iterations;

    Passwords(int iterations) {
        this.iterations = iterations;
    }

    String hash(String password) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return String.join(
                "$",
                SCHEME,
                Integer.toString(iterations),
                base64.encodeToString(salt),
                base64.encodeToString(derive(password, salt, iterations)));
    }

    static boolean matches(String password, String stored) {
        List<String> parts = List.of(stored.split("\\$"));
        if (parts.size() != 4 || !parts.getFirst().equals(SCHEME)) {
            throw new IllegalStateException("a stored password is not of the scheme " + SCHEME);
        }
        byte[] salt = Base64.getDecoder().decode(parts.get(2));
        byte[] expected = Base64.getDecoder().decode(parts.get(3));
        return MessageDigest.isEqual(expected, derive(password, salt, Integer.parseInt(parts.get(1))));
    }

    private static byte[] derive(String password, byte[] salt, int iterations) {
        PBEKeySpec key = new PBEKeySpec(password.toCharArray(), salt, iterations, HASH_BITS);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(key)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has PBKDF2WithHmacSHA256", e);
        } finally {
            key.clearPassword();
        }
    }
}
