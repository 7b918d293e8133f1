package io.amebobridge.core.deadletter;

import java.nio.file.Path;
import java.util.List;

/** A process that stores letters until it is killed, and says after each that it is stored. */
final class KilledWriter {
  private KilledWriter() {}

  public static void main(String[] arguments) throws Exception {
    int from = Integer.parseInt(arguments[1]);
    FileDeadLetterStore store =
        FileDeadLetterStore.open(Path.of(arguments[0]), 20_000, AppendFile::onDisk);
    for (int n = from; ; n += 2) {
      store.store(List.of(Letters.letter(n), Letters.letter(n + 1)));
      System.out.println(n + 1);
    }
  }
}
