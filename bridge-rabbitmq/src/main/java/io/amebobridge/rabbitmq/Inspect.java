package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Connection;
import io.amebobridge.core.Connector.Inspection;
import io.amebobridge.core.Message;
import io.amebobridge.core.SourceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Connects and looks; takes nothing from a queue and changes nothing. */
final class Inspect {
  private final RabbitSettings settings;
  private final RabbitErrors errors;
  private final List<String> facts = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<Message> taken = new ArrayList<>();
  private int streams;

  Inspect(RabbitSettings settings) {
    this.settings = settings;
    errors = new RabbitErrors(settings);
  }

  Inspection look(int samples) throws SourceException, InterruptedException {
    Link link = new Link(settings, new HandOver(1));
    try {
      Connection connection = link.open();
      var server = connection.getServerProperties();
      facts.add(
          "%s %s, virtual host %s, by %s"
              .formatted(
                  server.get("product"),
                  server.get("version"),
                  settings.virtualHost(),
                  connection.getAddress().getHostName() + ":" + connection.getPort()));
      ShadowSettings shadow = settings.shadow();
      if (shadow == null) takeover(connection, samples);
      else new InspectShadow(settings, shadow, facts, warnings).look(connection);
    } finally {
      link.abort();
    }
    if (samples > 0 && streams < settings.queues().size()) {
      warnings.add(
          "no samples: RabbitMQ gives a message only by taking it from its place in the queue");
    }
    if (streams == 0 && settings.streams().isGiven()) warnings.add(Streams.unused(settings));
    return new Inspection(List.copyOf(facts), List.copyOf(warnings), List.copyOf(taken));
  }

  private void takeover(Connection connection, int samples)
      throws SourceException, InterruptedException {
    for (String queue : settings.queues()) look(connection, queue, samples);
    if (streams < settings.queues().size()) {
      facts.add("takes what it reads from the queue (read: takeover)");
    }
  }

  private void look(Connection connection, String queue, int samples)
      throws SourceException, InterruptedException {
    try {
      Consuming.Found found = Consuming.look(connection, queue);
      if (found.isStream()) {
        streams++;
        int most = Math.max(0, samples - taken.size());
        taken.addAll(new StreamInspect(settings, connection, facts, warnings).look(queue, most));
        return;
      }
      String text = "queue %s: %d messages ready, %d consumers";
      facts.add(text.formatted(queue, found.messages(), found.consumers()));
      if (found.consumers() > 0) {
        warnings.add(
            "queue %s has other consumers (%d), which share its messages with the bridge; stop them"
                .formatted(queue, found.consumers()));
      }
    } catch (IOException e) {
      throw errors.ofConsuming(queue, e, false);
    }
  }
}
