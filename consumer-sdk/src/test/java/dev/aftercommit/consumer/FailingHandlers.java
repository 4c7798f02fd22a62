package dev.aftercommit.consumer;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Fails for some accounts, after it has written. */
class FailingHandlers extends RecordingHandlers {
    final Set<String> broken = ConcurrentHashMap.newKeySet();
    final Map<String, Integer> tried = new ConcurrentHashMap<>();

    FailingHandlers(String... broken) {
        this.broken.addAll(List.of(broken));
    }

    @Override
    void after(AccountCreated event) {
        if (broken.contains(event.account())) {
            tried.merge(event.account() + event.number(), 1, Integer::sum);
            throw failure(event);
        }
    }

    RuntimeException failure(AccountCreated event) {
        return new IllegalStateException("secret of " + event.account());
    }
}
