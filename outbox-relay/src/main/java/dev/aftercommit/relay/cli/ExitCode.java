package dev.aftercommit.relay.cli;

import dev.aftercommit.contract.ErrorCode;

/** The contract's exit codes. */
final class ExitCode {
    static final int DONE = 0;
    static final int CHECK_FAILED = 1;
    static final int WRONG_SETTINGS = 2;
    static final int UNREACHABLE = 3;

    private ExitCode() {}

    static int of(ErrorCode code) {
        return switch (code) {
            case INVALID_SETTING -> WRONG_SETTINGS;
            case DATABASE_UNAVAILABLE, BROKER_UNAVAILABLE -> UNREACHABLE;
            default -> CHECK_FAILED;
        };
    }
}
