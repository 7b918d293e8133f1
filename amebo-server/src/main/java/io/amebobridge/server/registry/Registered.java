package io.amebobridge.server.registry;

import io.amebobridge.server.security.SecretBox;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * What was registered in the database at this version, or a little later.
 *
 * @param version everything up to it is here
 */
record Registered(
    long version,
    List<Application> applications,
    List<Action> actions,
    Map<Long, Subscription> subscriptions) {
  static Registered read(Jdbi jdbi, SecretBox secrets) {
    RegistryRows.Source source = new RegistryRows.Source(jdbi);
    // The version first, and last what the others refer to: nothing is missed or points nowhere.
    long version = RegistryVersion.read(jdbi);
    List<Subscription> subscriptions = RegistryRows.subscriptions(source);
    List<Action> actions = RegistryRows.actions(source);
    List<Application> applications = RegistryRows.applications(source, secrets);
    return new Registered(
        version,
        applications,
        actions,
        subscriptions.stream().collect(Collectors.toMap(Subscription::id, Function.identity())));
  }
}
