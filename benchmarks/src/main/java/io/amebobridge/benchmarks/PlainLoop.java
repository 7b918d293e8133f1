package io.amebobridge.benchmarks;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * The baseline: the bridge that the migration guide writes. It takes a message, posts it to Amebo,
 * acknowledges it, and takes the next one. Run as a process: its arguments are the broker's URI,
 * the queue, Amebo's URL and a token.
 */
final class PlainLoop extends DefaultConsumer {
  private static final int PREFETCH = 100;
  private final HttpClient http = HttpClient.newHttpClient();
  private final URI events;
  private final String token;

  private PlainLoop(Channel channel, URI events, String token) {
    super(channel);
    this.events = events;
    this.token = token;
  }

  /** Runs until it is killed. */
  public static void main(String[] arguments) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(arguments[0]);
    Connection connection = factory.newConnection();
    Channel channel = connection.createChannel();
    channel.basicQos(PREFETCH); // so that the next message is here when the last is done
    URI events = URI.create(arguments[2]).resolve("/v1/events");
    channel.basicConsume(arguments[1], false, new PlainLoop(channel, events, arguments[3]));
    Thread.currentThread().join();
  }

  @Override
  public void handleDelivery(
      String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
      throws IOException {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("action", envelope.getExchange() + "." + envelope.getRoutingKey());
    event.put("deduper", properties.getMessageId());
    event.put("sleep_until", null);
    event.put("payload", JsonMapper.shared().readTree(body));
    HttpRequest request =
        HttpRequest.newBuilder(events)
            .version(HttpClient.Version.HTTP_1_1)
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token)
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(
                    JsonMapper.shared().writeValueAsBytes(event)))
            .build();
    try {
      int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      if (status != 201) throw new IOException("Amebo answered " + status);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    getChannel().basicAck(envelope.getDeliveryTag(), false);
  }
}
