package io.amebobridge.core.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.amebobridge.core.config.BridgeConfig;
import io.amebobridge.core.config.ConfigException;
import io.amebobridge.core.config.ConfigFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

class MappingTestsTest {
  private static final String ROUTES =
      """
      routes:
        - {from: {source: events, topic: noise}, drop: true, name: noise}
        - from: {source: events, topic: orders}
          action: order.{{ type }}
          payload: {id: "{{ id }}", amount: "{{ amount }}", tags: "{{ tags }}", fee: 0.10}
          key: "{{ $headers.tenant }}"
      """;

  private static BridgeConfig config(String tests) throws ConfigException {
    return ConfigFixture.parse(ConfigFixture.HEAD + ROUTES + "tests:\n" + tests.indent(2));
  }

  private static TestResult run(String test) throws ConfigException {
    List<TestResult> results = MappingTests.run(config(test));
    assertThat(results).hasSize(1);
    return results.get(0);
  }

  @Test
  void passes() throws ConfigException {
    List<TestResult> results =
        MappingTests.run(
            config(
                """
                - name: an order
                  input:
                    topic: orders
                    headers: {tenant: [acme]}
                    body: {type: made, id: 7, amount: 12345678901234567890.10, tags: [a, null]}
                  expect:
                    - action: order.made
                      key: acme
                      payload: {amount: 12345678901234567890.1, id: 7, tags: [a, null], fee: 0.1}
                - name: text body
                  input: {topic: orders, headers: {tenant: x}, body: '{"type":"t","id":1,"amount":2,"tags":[]}'}
                  expect: [{action: order.t}]
                - {name: noise, input: {topic: noise, body: {}}, filtered: noise}
                - {name: tombstone, input: {topic: orders}, failed: tombstone}
                - {name: bad, input: {topic: orders, body: "nope"}, failed: not JSON}
                """));
    assertThat(results).allSatisfy(r -> assertThat(r.differences()).isEmpty());
    assertThat(results).allMatch(TestResult::passed).hasSize(5);
  }

  @Test
  void showsEachDifferenceWithItsPlace() throws ConfigException {
    TestResult result =
        run(
            """
            - name: wrong
              input:
                topic: orders
                headers: {tenant: acme}
                body: {type: made, id: 7, amount: 5, tags: [a, b]}
              expect:
                - {action: order.gone, key: other, payload: {id: "7", amount: 5, tags: [a], more: 1}}
                - {action: second}
            """);
    assertThat(result.passed()).isFalse();
    assertThat(result.name()).isEqualTo("wrong");
    assertThat(result.line()).isEqualTo(14);
    assertThat(result.differences())
        .containsExactly(
            "event 1: action: expected order.gone, got order.made",
            "event 1: key: expected other, got acme",
            "event 1: payload.id: expected \"7\", got 7",
            "event 1: payload.tags[1]: expected nothing, got \"b\"",
            "event 1: payload.more: expected 1, got nothing",
            "event 1: payload.fee: expected nothing, got 0.10",
            "event 2: expected second, got none");
  }

  @Test
  void saysWhatHappenedInstead() throws ConfigException {
    assertThat(run("- {input: {topic: noise, body: {}}, failed: x}").differences())
        .containsExactly("expected: failed with \"x\"", "got:      filtered by noise");
    assertThat(run("- {input: {topic: noise, body: {}}, filtered: other}").differences())
        .containsExactly("expected: filtered by other", "got:      filtered by noise");
    assertThat(run("- {input: {topic: orders, body: {}}, expect: [{action: a}]}").differences())
        .hasSize(2)
        .last()
        .asString()
        .contains("got:      failed: routes[1].action");
  }
}
