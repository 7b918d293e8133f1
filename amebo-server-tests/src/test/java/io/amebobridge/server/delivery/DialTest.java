package io.amebobridge.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.server.DeliverySettings;
import io.amebobridge.server.security.AddressGuard;
import io.amebobridge.server.security.Disguises;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What is dialled is what was checked. 127.0.0.2 stands for a public address, 127.0.0.1 for a
 * closed one; both are this machine.
 */
class DialTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  private static final AddressGuard ONLY_THE_SECOND =
      new AddressGuard(false, List.of("127.0.0.2/32"));
  private final List<String> lookups = new ArrayList<>();
  private final Deque<List<String>> answers = new ArrayDeque<>();

  private List<InetAddress> lookUp(String host) throws UnknownHostException {
    lookups.add(host);
    List<InetAddress> found = new ArrayList<>();
    for (String address : answers.size() > 1 ? answers.pop() : answers.getFirst()) {
      found.add(InetAddress.getByName(address));
    }
    return found;
  }

  private Calls calls() {
    return new Calls(ONLY_THE_SECOND, this::lookUp, DeliverySettings.defaults());
  }

  @Test
  void aNameThatChangesItsAddressIsDialledWhereItWasChecked() throws Exception {
    answers.add(List.of("127.0.0.2"));
    answers.add(List.of("127.0.0.1"));
    try (RawReceiver open = RawReceiver.on("127.0.0.2", 0, c -> c.always(OK));
        RawReceiver closed = RawReceiver.on("127.0.0.1", open.port(), c -> c.always(OK));
        Calls calls = calls()) {
      assertThat(calls.call("rebinding.test", open.port()).status()).isEqualTo(200);
      assertThat(lookups).as("no second lookup at the dial").hasSize(1);
      assertThat(open.requests()).hasSize(1);
      assertThat(open.requests().get(0)).contains("host: rebinding.test:" + open.port());
      calls.addresses.forget("rebinding.test");
      CallResult after = calls.call("rebinding.test", open.port());
      assertThat(after.status()).isNull();
      assertThat(after.error()).contains("rebinding.test is at 127.0.0.1", "not public");
      assertThat(closed.connections()).isZero();
      assertThat(open.requests()).as("nor over the connection that is still open").hasSize(1);
    }
  }

  @Test
  void aConnectionIsNotUsedForAnotherAddressOfTheSameName() throws Exception {
    answers.add(List.of("127.0.0.2"));
    answers.add(List.of("127.0.0.3"));
    AddressGuard both = new AddressGuard(false, List.of("127.0.0.2/31"));
    try (RawReceiver first = RawReceiver.on("127.0.0.2", 0, c -> c.always(OK));
        RawReceiver second = RawReceiver.on("127.0.0.3", first.port(), c -> c.always(OK));
        Calls calls = new Calls(both, this::lookUp, DeliverySettings.defaults())) {
      calls.call("moving.test", first.port());
      calls.call("moving.test", first.port());
      assertThat(first.connections()).as("kept alive").isEqualTo(1);
      assertThat(first.requests()).hasSize(2);
      calls.addresses.forget("moving.test");
      calls.call("moving.test", first.port());
      assertThat(second.requests()).hasSize(1);
      assertThat(first.requests()).hasSize(2);
    }
  }

  @Test
  void aConnectionIsNotUsedForAnotherNameAtTheSameAddress() throws Exception {
    answers.add(List.of("127.0.0.2"));
    try (RawReceiver receiver = RawReceiver.on("127.0.0.2", 0, c -> c.always(OK));
        Calls calls = calls()) {
      calls.call("one.test", receiver.port());
      calls.call("two.test", receiver.port());
      assertThat(receiver.connections()).isEqualTo(2);
      assertThat(receiver.requests().get(1)).contains("host: two.test:");
    }
  }

  @Test
  void ofSeveralAddressesOnlyAnOpenOneIsDialled() throws Exception {
    answers.add(List.of("127.0.0.1", "::1", "10.0.0.1", "127.0.0.2"));
    try (RawReceiver open = RawReceiver.on("127.0.0.2", 0, c -> c.always(OK));
        RawReceiver closed = RawReceiver.on("127.0.0.1", open.port(), c -> c.always(OK));
        Calls calls = calls()) {
      assertThat(calls.call("mixed.test", open.port()).status()).isEqualTo(200);
      assertThat(closed.connections()).isZero();
      open.stop();
      calls.addresses.forget("mixed.test");
      assertThat(calls.call("mixed.test", open.port()).success()).isFalse();
      assertThat(closed.connections()).as("no fallback to the others").isZero();
    }
  }

  /** Names whose addresses are closed, in every writing that a resolver may give. */
  @Test
  void noDisguiseIsDialled() throws Exception {
    AddressGuard guard = new AddressGuard(false, List.of());
    try (RawReceiver trap = RawReceiver.of(c -> c.always(OK));
        Calls calls =
            new Calls(
                guard, host -> List.of(Disguises.asLibc(host)), DeliverySettings.defaults())) {
      for (String host : Disguises.hosts()) {
        CallResult result = calls.call(host.replaceAll("[\\[\\]]", ""), trap.port());
        assertThat(result.error()).as(host).contains("an address that is not public");
      }
      assertThat(trap.connections()).isZero();
    }
  }

  @Test
  void aNameThatIsUnknownIsAFailureOfTheEndpoint() throws Exception {
    try (Calls calls =
        new Calls(
            ONLY_THE_SECOND,
            host -> {
              throw new UnknownHostException(host);
            },
            DeliverySettings.defaults())) {
      CallResult result = calls.call("nowhere.test", 80);
      assertThat(result.error()).contains("unknown", "nowhere.test");
      assertThat(result.endpointDown()).isTrue();
    }
  }
}
