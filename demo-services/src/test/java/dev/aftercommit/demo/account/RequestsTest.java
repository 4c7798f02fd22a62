package dev.aftercommit.demo.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestsTest {
    @Test
    void aWellFormedAccountIsAccepted() {
        Requests.NewAccount account = Requests.read(
                "{\"username\":\"ada\",\"password\":\"correct horse\",\"email\":\"ada@example.com\"}",
                Requests.NewAccount.class);

        assertThat(account).isEqualTo(new Requests.NewAccount("ada", "correct horse", "ada@example.com"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'password':'correct horse','email':'ada@example.com'} | username is missing",
                "{'username':'ad','password':'correct horse','email':'ada@example.com'} | username is 3 to 40",
                "{'username':'a da','password':'correct horse','email':'ada@example.com'} | username is 3 to 40",
                "{'username':'ada','password':'short','email':'ada@example.com'} | password is 8 to 200",
                "{'username':'ada','email':'ada@example.com'} | password is missing",
                "{'username':'ada','password':'correct horse','email':'ada'} | email is an address",
                "{'username':'ada','password':'correct horse'} | email is missing",
                "{'username':'ada','password':'correct horse','email':'ada@example.com','admin':true} | admin",
                "null | The body is null",
                "{ | not what is expected",
                "[] | not what is expected",
            })
    void aMalformedAccountIsRefusedByName(String body, String reason) {
        assertThatExceptionOfType(RefusedRequestException.class)
                .isThrownBy(() -> Requests.read(body.replace('\'', '"'), Requests.NewAccount.class))
                .withMessageContaining(reason)
                .matches(refused -> refused.status() == RefusedRequestException.BAD_REQUEST)
                .matches(refused -> !String.valueOf(refused.getMessage()).contains("correct horse"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 10_001})
    void aBurstHasBounds(int count) {
        assertThatExceptionOfType(RefusedRequestException.class)
                .isThrownBy(() -> new Requests.Burst(count, "correct horse"))
                .withMessageContaining("count is 1 to 10000");
    }

    @Test
    void anAccountsNumberIsANumber() {
        assertThat(Requests.userId("17")).isEqualTo(17);
        assertThatExceptionOfType(RefusedRequestException.class).isThrownBy(() -> Requests.userId("ada"));
    }
}
