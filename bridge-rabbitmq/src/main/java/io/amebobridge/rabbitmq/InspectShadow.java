package io.amebobridge.rabbitmq;

import com.rabbitmq.client.Connection;
import io.amebobridge.core.SourceException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Says what a shadow would declare, and how its copies would differ; declares nothing. */
final class InspectShadow {
  private final RabbitSettings settings;
  private final ShadowSettings shadow;
  private final List<String> facts;
  private final List<String> warnings;

  InspectShadow(
      RabbitSettings settings, ShadowSettings shadow, List<String> facts, List<String> warnings) {
    this.settings = settings;
    this.shadow = shadow;
    this.facts = facts;
    this.warnings = warnings;
  }

  /** Waits for the broker. */
  void look(Connection connection) throws SourceException, InterruptedException {
    ManagementSettings api = settings.management();
    @Nullable Management management = api == null ? null : new Management(api);
    try {
      Background.call("inspect-" + settings.name(), () -> look(connection, management)).get();
    } catch (ExecutionException e) {
      throw new ShadowErrors(settings, shadow).of(e);
    }
  }

  private ShadowPlan look(Connection connection, @Nullable Management management)
      throws SourceException, InterruptedException, IOException {
    ShadowPlan plan = new PlanShadow(settings, shadow, connection, management).make();
    facts.add(
        "reads copies (read: shadow); queue %s keeps its messages and consumers, publishers'"
                .formatted(shadow.original())
            + " confirms wait for the shadow too");
    facts.addAll(plan.lines());
    if (plan.queue() == ShadowPlan.State.SAME) {
      facts.add("queue %s: %d messages ready".formatted(shadow.queue(), plan.ready()));
    }
    warnings.addAll(plan.warnings());
    ShadowLoss loss = ShadowLoss.of(plan);
    if (loss != null) warnings.add(loss.what() + "; " + loss.remedy());
    original(connection);
    if (management == null) {
      warnings.add(
          "without management: {uri: …} the bindings can't be compared with those of queue "
              + shadow.original()
              + ", and policies that match queue "
              + shadow.queue()
              + " are not seen");
    } else {
      new CompareShadow(settings, shadow, management, warnings).compare();
    }
    return plan;
  }

  private void original(Connection connection) throws IOException {
    Probe.Found found = Probe.passive(connection, shadow.original());
    if (found.isThere()) {
      facts.add(
          "queue %s: %d messages ready, %d consumers; it is not touched"
              .formatted(shadow.original(), found.ready(), found.consumers()));
    } else {
      warnings.add("there is no queue " + shadow.original() + ", whose name is in the events' ids");
    }
  }
}
