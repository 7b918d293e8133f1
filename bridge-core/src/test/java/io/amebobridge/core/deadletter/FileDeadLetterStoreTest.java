package io.amebobridge.core.deadletter;

import static io.amebobridge.core.deadletter.Letters.letter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Message;
import io.amebobridge.core.Origin;
import io.amebobridge.core.deadletter.DeadLetterReader.Page;
import io.amebobridge.core.deadletter.StoredDeadLetter.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileDeadLetterStoreTest {
  private static final DeadLetterFilter ANY = DeadLetterFilter.in(State.values());

  @TempDir Path directory;

  private FileDeadLetterStore open() throws IOException {
    return FileDeadLetterStore.open(directory, 1 << 20, AppendFile::onDisk);
  }

  private List<StoredDeadLetter> all() throws IOException {
    return new DeadLetterReader(directory).list(ANY, null, 10_000).letters();
  }

  private List<String> ids() throws IOException {
    return all().stream().map(StoredDeadLetter::id).toList();
  }

  private static List<DeadLetter> letters(int from, int to) {
    return IntStream.range(from, to).mapToObj(Letters::letter).toList();
  }

  @Test
  void everythingComesBackAsItWas() throws IOException {
    DeadLetter letter = letter(7);
    try (FileDeadLetterStore store = open()) {
      store.store(List.of(letter));
    }
    StoredDeadLetter stored = all().get(0);
    assertThat(stored.id()).isEqualTo("00000001-1");
    assertThat(stored.state()).isEqualTo(State.OPEN);
    assertThat(stored.letter()).usingRecursiveComparison().isEqualTo(letter);
  }

  @Test
  void whateverIsAmongTheVariablesIsKept() throws IOException {
    Message read = letter(1).message();
    Map<String, Object> odd =
        Map.of("when", Letters.AT, "nan", Double.NaN, "deep", Map.of("l", List.of(1, Letters.AT)));
    Origin origin = new Origin("s", null, Letters.AT, odd, null, "bad magic");
    Message message = new Message(null, "t", null, null, List.of(), origin);
    try (FileDeadLetterStore store =
        FileDeadLetterStore.open(directory.resolve("a/b/c"), 1 << 20, AppendFile::onDisk)) {
      store.store(
          List.of(
              new DeadLetter(
                  Letters.AT, message, "", DeadLetter.Stage.MAPPING, "r", List.of(read))));
    }
    DeadLetter back =
        new DeadLetterReader(directory.resolve("a/b/c"))
            .list(ANY, null, 1)
            .letters()
            .get(0)
            .letter();
    assertThat(back.message().origin().variables())
        .isEqualTo(
            Map.of(
                "when",
                Letters.AT.toString(),
                "nan",
                "NaN",
                "deep",
                Map.of("l", List.of(1, Letters.AT.toString()))));
    assertThat(back.message().body()).isNull();
    assertThat(back.message().id()).isNull();
    assertThat(back.message().origin().error()).isEqualTo("bad magic");
  }

  @Test
  void idsGoOnAfterARestart() throws IOException {
    try (FileDeadLetterStore store = open()) {
      store.store(letters(0, 2));
    }
    try (FileDeadLetterStore store = open()) {
      store.store(letters(2, 3));
    }
    assertThat(ids()).containsExactly("00000001-1", "00000001-2", "00000001-3");
  }

  @Test
  void beginsANewFileAtASize() throws IOException {
    try (FileDeadLetterStore store =
        FileDeadLetterStore.open(directory, 1000, AppendFile::onDisk)) {
      for (int i = 0; i < 6; i++) store.store(List.of(letter(i)));
    }
    assertThat(ids())
        .containsExactly(
            "00000001-1", "00000001-2", "00000002-1", "00000002-2", "00000003-1", "00000003-2");
  }

  /** A kill -9 may leave any part of the last line. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 20, 300, 600})
  void aTornLastLineIsCut(int left) throws IOException {
    try (FileDeadLetterStore store = open()) {
      store.store(letters(0, 3));
    }
    Path segment = directory.resolve("00000001.ndjson");
    byte[] bytes = Files.readAllBytes(segment);
    int lastLine =
        new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf("{\"id\":\"00000001-3");
    Files.write(segment, Arrays.copyOf(bytes, lastLine + left));
    assertThat(ids()).containsExactly("00000001-1", "00000001-2");
    try (FileDeadLetterStore store = open()) {
      store.store(List.of(letter(9)));
    }
    List<StoredDeadLetter> all = all();
    assertThat(all).hasSize(3);
    assertThat(all.get(2).letter()).usingRecursiveComparison().isEqualTo(letter(9));
  }

  /** What a power failure leaves: length, but not the bytes. */
  @Test
  void aLineOfZerosAtTheEndIsCutAndInTheMiddleIsReported() throws IOException {
    try (FileDeadLetterStore store = open()) {
      store.store(letters(0, 3));
    }
    Path segment = directory.resolve("00000001.ndjson");
    List<String> lines = Files.readAllLines(segment);
    Files.writeString(segment, lines.get(0) + "\n" + "\0".repeat(50) + "\n" + lines.get(2) + "\n");
    Files.write(segment, new byte[30], StandardOpenOption.APPEND);
    try (FileDeadLetterStore store = open()) {
      store.store(List.of(letter(9)));
    }
    Page page = new DeadLetterReader(directory).list(ANY, null, 10);
    assertThat(page.letters())
        .extracting(StoredDeadLetter::id)
        .containsExactly("00000001-1", "00000001-3", "00000001-4");
    assertThat(page.damaged()).containsExactly(segment + " line 2");
  }

  @Test
  void aChangedByteIsNeverTakenForALetter() throws IOException {
    try (FileDeadLetterStore store = open()) {
      store.store(letters(0, 2));
    }
    Path segment = directory.resolve("00000001.ndjson");
    Files.writeString(
        segment, Files.readString(segment).replaceFirst("no such value", "no such valve"));
    Page page = new DeadLetterReader(directory).list(ANY, null, 10);
    assertThat(page.letters()).hasSize(1);
    assertThat(page.damaged()).hasSize(1);
  }

  /** Bit rot, or somebody's redaction: what is left of the line is the only copy. */
  @Test
  void damagedLinesAtTheEndStayWhereTheyAre() throws IOException {
    try (FileDeadLetterStore store = open()) {
      store.store(letters(0, 3));
    }
    Path segment = directory.resolve("00000001.ndjson");
    List<String> lines = Files.readAllLines(segment);
    String damaged = lines.get(1).replace("no such value", "REDACTED") + "\n";
    damaged += lines.get(2).replace("no such value", "no such valve") + "\n";
    Files.writeString(segment, lines.get(0) + "\n" + damaged + "{\"id\":\"00000001-4");
    try (FileDeadLetterStore store = open()) {
      store.store(List.of(letter(9)));
    }
    assertThat(Files.readString(segment)).contains(damaged).doesNotContain("00000001-4{");
    Page page = new DeadLetterReader(directory).list(ANY, null, 10);
    assertThat(page.letters())
        .extracting(StoredDeadLetter::id)
        .containsExactly("00000001-1", "00000001-4");
    assertThat(page.damaged()).containsExactly(segment + " line 2", segment + " line 3");
  }

  @Test
  void aSecondWriterIsRefused() throws IOException {
    try (FileDeadLetterStore store = open()) {
      store.store(List.of(letter(1)));
      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("in use by process " + ProcessHandle.current().pid())
          .hasMessageContaining("deadLetters.file of its own");
      assertThat(ids()).hasSize(1);
    }
    open().close();
  }

  @Test
  void aDirectoryThatIsNoneIsRefusedByName() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> FileDeadLetterStore.open(file, 1 << 20, AppendFile::onDisk))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("can't be kept in " + file);
  }

  @Test
  void pagesAreBoundedAndFollowEachOther() throws IOException {
    try (FileDeadLetterStore store =
        FileDeadLetterStore.open(directory, 3000, AppendFile::onDisk)) {
      for (int i = 0; i < 25; i++) store.store(List.of(letter(i)));
    }
    DeadLetterReader reader = new DeadLetterReader(directory);
    List<String> seen = new ArrayList<>();
    String next = null;
    int pages = 0;
    do {
      Page page = reader.list(ANY, next, 4);
      assertThat(page.letters()).hasSizeLessThanOrEqualTo(4);
      page.letters().forEach(l -> seen.add(l.id()));
      next = page.next();
      pages++;
    } while (next != null);
    assertThat(seen).hasSize(25).doesNotHaveDuplicates().isEqualTo(ids());
    assertThat(pages).isEqualTo(7);
  }

  @Test
  void filters() throws IOException {
    try (FileDeadLetterStore store = open()) {
      store.store(
          List.of(
              letter(0, "events", "orders", "schema"),
              letter(1, "shop", "orders", "no such value"),
              letter(2, "events", "", "no route")));
    }
    DeadLetterReader reader = new DeadLetterReader(directory);
    State[] open = {State.OPEN};
    assertThat(reader.list(filter("orders", null, null), null, 9).letters()).hasSize(2);
    assertThat(reader.list(filter(null, "shop", null), null, 9).letters()).hasSize(1);
    assertThat(reader.list(filter(null, null, "no "), null, 9).letters()).hasSize(2);
    assertThat(reader.list(filter("", "events", "route"), null, 9).letters()).hasSize(1);
    DeadLetterFilter time =
        new DeadLetterFilter(
            null, null, null, Letters.AT.plusSeconds(1), Letters.AT.plusSeconds(2), Set.of(open));
    assertThat(reader.list(time, null, 9).letters())
        .extracting(StoredDeadLetter::id)
        .containsExactly("00000001-2");
    assertThat(reader.find("00000001-3").orElseThrow().letter().reason()).isEqualTo("no route");
    assertThat(reader.find("00000001-4")).isEmpty();
    assertThat(reader.find("00000009-1")).isEmpty();
    assertThatThrownBy(() -> reader.find("7")).hasMessageContaining("no dead letter's id: 7");
  }

  private static DeadLetterFilter filter(
      @Nullable String route, @Nullable String source, @Nullable String reason) {
    return new DeadLetterFilter(route, source, reason, null, null, Set.of(State.OPEN));
  }

  @Test
  void idsAreOrderedAsNumbers() {
    assertThat(
            DeadLetterReader.inOrder(
                List.of("00000002-1", "00000001-10", "00000001-2", "00000001-10", "100000000-1")))
        .containsExactly("00000001-2", "00000001-10", "00000002-1", "100000000-1");
    assertThatThrownBy(() -> DeadLetterReader.inOrder(List.of("00000001-2", "7")))
        .hasMessageContaining("no dead letter's id: 7");
  }

  @Test
  void aDirectoryThatWasNeverWrittenHasNoLetters() throws IOException {
    DeadLetterReader reader = new DeadLetterReader(directory.resolve("none"));
    assertThat(reader.list(ANY, null, 10).letters()).isEmpty();
  }

  /** A disk that is full after some bytes, and has room again later. */
  private static final class FullDisk implements AppendFile.Opener {
    long room;

    FullDisk(long room) {
      this.room = room;
    }

    @Override
    public AppendFile open(Path path) throws IOException {
      AppendFile disk = AppendFile.onDisk(path);
      return new AppendFile() {
        @Override
        public void append(byte[] bytes) throws IOException {
          if (bytes.length <= room) {
            room -= bytes.length;
            disk.append(bytes);
            return;
          }
          disk.append(Arrays.copyOf(bytes, (int) room));
          room = 0;
          throw new IOException("No space left on device");
        }

        @Override
        public void sync() throws IOException {
          disk.sync();
        }

        @Override
        public void truncate(long length) throws IOException {
          throw new IOException("not even that");
        }

        @Override
        public long length() throws IOException {
          return disk.length();
        }

        @Override
        public void close() throws IOException {
          disk.close();
        }
      };
    }
  }

  /** Even where the half line can't be cut off, it does not run into a later one. */
  @Test
  void aFullDiskIsSaidAndNothingLaterIsHurt() throws IOException {
    FullDisk disk = new FullDisk(2000);
    try (FileDeadLetterStore store = FileDeadLetterStore.open(directory, 1 << 20, disk)) {
      store.store(letters(0, 2));
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> store.store(letters(2, 4)))
            .isInstanceOf(IOException.class)
            .hasMessageContaining(directory.toString())
            .hasMessageContaining("No space left on device")
            .hasMessageContaining("make room there, or move deadLetters.file");
      }
      disk.room = 1 << 20;
      store.store(letters(4, 6));
    }
    List<String> messages =
        all().stream().map(l -> String.valueOf(l.letter().message().id())).toList();
    assertThat(messages)
        .startsWith("kafka:c:t:3:0", "kafka:c:t:3:1")
        .endsWith("kafka:c:t:3:4", "kafka:c:t:3:5");
    assertThat(directory.toFile().list((d, n) -> n.endsWith(".ndjson")))
        .hasSizeLessThanOrEqualTo(3);
    try (FileDeadLetterStore store = open()) {
      store.store(letters(6, 7));
    }
    assertThat(ids()).doesNotHaveDuplicates();
  }

  @Test
  void anInterruptedThreadStoresAllTheSame() throws IOException {
    try (FileDeadLetterStore store = open()) {
      Thread.currentThread().interrupt();
      store.store(letters(0, 1));
      assertThat(Thread.interrupted()).isTrue();
      store.store(letters(1, 2));
    }
    assertThat(ids()).hasSize(2);
  }
}
