package io.amebobridge.rabbitmq;

import io.amebobridge.brokers.RabbitManagement;
import io.amebobridge.brokers.RabbitProcess;
import io.amebobridge.brokers.RabbitVirtualHost;
import io.amebobridge.testkit.TestRabbit;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A virtual host of a test's own with what only an administrator may set up in it. */
final class BrokerFixture {
  final RabbitProcess node;
  final RabbitVirtualHost host;
  final Producer producer;

  BrokerFixture() throws Exception {
    TestRabbit rabbit = TestRabbit.shared();
    node = rabbit.node();
    host = rabbit.newVirtualHost();
    producer = new Producer(host.uri());
    tag(host.user(), host.password(), "management");
  }

  private RabbitManagement admin() {
    return node.management();
  }

  void tag(String user, String password, String tags) throws Exception {
    admin()
        .put(
            "/api/users/" + user,
            "{\"password\":\"%s\",\"tags\":\"%s\"}".formatted(password, tags));
  }

  /** A user of this virtual host; the answer is its AMQP uri. */
  String user(String tags, String configure, String write, String read) throws Exception {
    String name = "u" + UUID.randomUUID().toString().substring(0, 8);
    tag(name, "hush-" + name, tags);
    admin()
        .put(
            "/api/permissions/" + host.name() + "/" + name,
            "{\"configure\":\"%s\",\"write\":\"%s\",\"read\":\"%s\"}"
                .formatted(configure, write, read));
    return "amqp://%s:hush-%s@%s/%s".formatted(name, name, node.endpoint(), host.name());
  }

  /**
   * Sets a policy.
   *
   * @param definition JSON
   */
  void policy(String name, String pattern, String definition) throws Exception {
    set("policies", name, pattern, definition);
  }

  void operatorPolicy(String name, String pattern, String definition) throws Exception {
    set("operator-policies", name, pattern, definition);
  }

  private void set(String kind, String name, String pattern, String definition) throws Exception {
    admin()
        .put(
            "/api/" + kind + "/" + host.name() + "/" + name,
            "{\"pattern\":\"%s\",\"definition\":%s,\"priority\":1,\"apply-to\":\"queues\"}"
                .formatted(pattern, definition));
  }

  /** What a source's config has under management. */
  String management() {
    return "{uri: '" + node.management().url() + "'}";
  }

  /** The administrator's view. */
  JsonNode get(String path) throws Exception {
    return JsonMapper.shared().readTree(admin().get(path));
  }

  /** All that is declared, without what messages do. */
  String declared() throws Exception {
    String in = "/" + host.name();
    return get("/api/bindings" + in).toString()
        + names(get("/api/queues" + in))
        + names(get("/api/exchanges" + in));
  }

  private static String names(JsonNode list) {
    return list.values().stream()
        .map(n -> n.path("name").asString("") + n.path("arguments"))
        .sorted()
        .toList()
        .toString();
  }

  void close() throws Exception {
    producer.close();
    host.delete();
  }
}
