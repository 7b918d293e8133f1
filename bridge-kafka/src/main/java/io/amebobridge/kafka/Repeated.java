package io.amebobridge.kafka;

import org.slf4j.Logger;

/** A trouble that may last: said once as a warning, then counted, and said when it is over. */
final class Repeated {
  private final Logger log;
  private final String what;
  private long count;

  Repeated(Logger log, String what) {
    this.log = log;
    this.what = what;
  }

  void happened(Object cause) {
    count++;
    if (count == 1) log.warn("{}: {}", what, String.valueOf(cause));
    else log.debug("{}, {} times: {}", what, count, String.valueOf(cause));
  }

  void over() {
    if (count > 0) log.info("{}: over, after {} times", what, count);
    count = 0;
  }
}
