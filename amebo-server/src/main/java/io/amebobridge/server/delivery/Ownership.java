package io.amebobridge.server.delivery;

import java.util.Map;
import java.util.Optional;

/** Says which subscriptions this server drives, where several share a database. Thread-safe. */
public interface Ownership {
  /** For a server that has the database to itself: it drives all. */
  Ownership ALL =
      new Ownership() {
        @Override
        public void changed() {}

        @Override
        public Optional<String> instance() {
          return Optional.empty();
        }

        @Override
        public Optional<String> trouble() {
          return Optional.empty();
        }

        @Override
        public Map<Long, Dispatcher.Standing> recorded() {
          return Map.of();
        }
      };

  /** A subscription was added or removed. Never blocks. */
  void changed();

  /** This server's name among those that share the database; empty where it is the only one. */
  Optional<String> instance();

  /** Why this server may drive nothing now; empty where it may. */
  Optional<String> trouble();

  /** Where all subscriptions stood when it was last written down. Blocks. */
  Map<Long, Dispatcher.Standing> recorded();
}
