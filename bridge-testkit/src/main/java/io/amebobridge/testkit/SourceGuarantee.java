package io.amebobridge.testkit;

/** What an adapter may say it can't do, with a reason; the contract's test is then skipped. */
public enum SourceGuarantee {
  /** The broker keeps the order of a lane. */
  ORDER,
  /** Ownership moves from one instance to another while messages are in flight. */
  OWNERSHIP_MOVES,
  /** The broker takes work away that is not kept up. */
  LEASES,
  /** The broker can be killed and started again with its data. */
  BROKER_RESTART,
  /** There are messages without a body. */
  TOMBSTONES,
  /** Headers keep their order and may repeat. */
  REPEATED_HEADERS,
  /** There are credentials in the config. */
  SECRETS
}
