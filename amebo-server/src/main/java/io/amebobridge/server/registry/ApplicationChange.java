package io.amebobridge.server.registry;

import io.amebobridge.client.Secret;
import io.amebobridge.server.security.SecretBox;
import io.amebobridge.server.store.WriteSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is to change of an application; null stays.
 *
 * @param secret another one; the one before stays good for the grace
 * @param grace null for a day where the secret changes; without another secret it brings the end of
 *     a running grace forward
 */
public record ApplicationChange(
    @Nullable String address, @Nullable Secret secret, @Nullable Duration grace) {
  public static final Duration DEFAULT_GRACE = Duration.ofDays(1);
  public static final Duration LONGEST_GRACE = Duration.ofDays(30);

  /** Works on what is stored by now, not on what the caller saw. */
  Application write(WriteSession session, long id, SecretBox secrets) throws SQLException {
    Application changed = on(read(session, id, secrets).at(session.now()), session.now());
    PreparedStatement update =
        session.prepare(
            "UPDATE applications SET address = ?, secret = ?, previous_secret = ?,"
                + " previous_until = ? WHERE id = ?");
    Application.Previous previous = changed.previous();
    update.setString(1, changed.address());
    update.setBytes(2, secrets.seal(session, changed.name(), changed.secret()));
    update.setBytes(
        3, previous == null ? null : secrets.seal(session, changed.name(), previous.secret()));
    update.setObject(4, previous == null ? null : previous.until());
    update.setLong(5, id);
    update.executeUpdate();
    return changed;
  }

  private static Application read(WriteSession session, long id, SecretBox secrets)
      throws SQLException {
    PreparedStatement select = session.prepare("SELECT * FROM applications WHERE id = ?");
    select.setLong(1, id);
    try (ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        throw new Refusal(404, "application - is no longer registered");
      }
      return RegistryRows.application(row, secrets);
    }
  }

  Application on(Application current, long now) {
    // The same secret again is a repeated request: what its first one kept is not to be dropped.
    boolean rotates = secret != null && !secret.equals(current.secret());
    return new Application(
        current.id(),
        current.name(),
        address == null ? current.address() : address,
        rotates ? secret : current.secret(),
        rotates
            ? until(current.secret(), grace == null ? DEFAULT_GRACE : grace, now)
            : moved(current.previous(), now),
        current.timestamped());
  }

  private Application.@Nullable Previous moved(Application.@Nullable Previous running, long now) {
    if (running == null || grace == null) {
      return running;
    }
    Application.Previous sooner = until(running.secret(), grace, now);
    return sooner == null || sooner.until() < running.until() ? sooner : running;
  }

  private static Application.@Nullable Previous until(Secret old, Duration grace, long now) {
    return grace.isZero() ? null : new Application.Previous(old, now + grace.toMillis());
  }
}
