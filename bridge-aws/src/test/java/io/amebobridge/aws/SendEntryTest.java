package io.amebobridge.aws;

import static io.amebobridge.aws.SendMessages.bytes;
import static io.amebobridge.aws.SendMessages.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.amebobridge.core.Header;
import io.amebobridge.core.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a message becomes, and which can't become anything. */
class SendEntryTest {
  private static SendEntry entry(Message message) {
    return SendEntry.of(message, "orders", null);
  }

  private static SendEntry body(String body) {
    return entry(message("m", "orders", null, bytes(body), Map.of()));
  }

  private static Map<String, SendAttribute> attributes(Object typed, Header... headers) {
    Map<String, Object> variables = typed == null ? Map.of() : Map.of("headers", typed);
    return entry(message("m", "orders", null, bytes("x"), variables, headers)).attributes();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\t\n\r ~", "\u007f\u0080", "\uD7FF\uE000\uFFFD", "\uD83D\uDE00", "{}"})
  void textThatSqsTakesIsSentAsItIs(String body) {
    assertThat(body(body).body()).isEqualTo(body);
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret\u0000", "secret\u001F", "secret\uFFFE", "secret\uFFFF"})
  void otherTextIsRefusedWithoutShowingIt(String body) {
    assertThatThrownBy(() -> body(body))
        .hasMessageContaining("the body has the character U+%04X at 6", (int) body.charAt(6))
        .hasMessageNotContaining("secret");
  }

  @Test
  void whatIsNoTextOrEmptyIsRefused() {
    byte[] binary = {(byte) 0xC3, 0x28};
    assertThatThrownBy(() -> entry(message("m", "orders", null, binary, Map.of())))
        .hasMessageContaining("not UTF-8");
    assertThatThrownBy(() -> body("")).hasMessageContaining("the body is empty");
    assertThatThrownBy(() -> entry(message("m", "orders", null, null, Map.of())))
        .hasMessageContaining("the body is empty");
  }

  @Test
  void headersAreAttributesWithTheirTypes() {
    Map<String, Object> typed = Map.of("count", 3, "changed", 4, "text", "5");
    Map<String, SendAttribute> all =
        attributes(
            typed,
            Header.of("trace", "t1"),
            Header.of("count", "3"),
            Header.of("changed", "9"),
            Header.of("text", "5"),
            new Header("bytes", new byte[] {-1}));
    assertThat(all.keySet())
        .containsExactly("amebo-id", "trace", "count", "changed", "text", "bytes");
    assertThat(all.get("amebo-id")).isEqualTo(SendAttribute.text("m"));
    assertThat(all.get("trace")).isEqualTo(SendAttribute.text("t1"));
    assertThat(all.get("count")).isEqualTo(new SendAttribute("Number", "3", null));
    assertThat(all.get("changed").type()).isEqualTo("String");
    assertThat(all.get("text").type()).isEqualTo("String");
    assertThat(all.get("bytes").type()).isEqualTo("Binary");
    assertThat(all.get("bytes").bytes()).containsExactly(-1);
  }

  @Test
  void whatSqsHasNoRoomForIsInOneOfThem() {
    Map<String, SendAttribute> all =
        attributes(
            null,
            Header.of("two", "1"),
            Header.of("good", "g"),
            Header.of("two", "2"),
            Header.of("AWS.x", "a"),
            Header.of(".dot", "b"),
            Header.of("d..ots", "c"),
            Header.of("ü", "d"),
            Header.of("empty", ""),
            new Header("absent", null),
            Header.of("control", "\u0001\uFFFE"),
            Header.of("amebo-id", "not ours"),
            new Header("two", new byte[] {-1}));
    assertThat(all.keySet()).containsExactly("amebo-id", "good", "amebo-headers");
    assertThat(all.get("amebo-id").text()).isEqualTo("m");
    assertThat(all.get("amebo-headers").text())
        .isEqualTo(
            "[[\"two\",\"1\"],[\"two\",\"2\"],[\"AWS.x\",\"a\"],[\".dot\",\"b\"],"
                + "[\"d..ots\",\"c\"],[\"ü\",\"d\"],[\"empty\",\"\"],[\"absent\",null],"
                + "[\"control\",\"\\u0001\\ufffe\"],[\"amebo-id\",\"not ours\"],"
                + "[\"two\",{\"base64\":\"/w==\"}]]");
  }

  @Test
  void tenAttributesAtMost() {
    List<Header> headers = new ArrayList<>();
    for (int i = 0; i < 9; i++) headers.add(Header.of("h" + i, "v"));
    assertThat(attributes(null, headers.toArray(Header[]::new)))
        .hasSize(10)
        .containsKey("h8")
        .doesNotContainKey("amebo-headers");
    headers.add(Header.of("h9", "v"));
    Map<String, SendAttribute> eleven = attributes(null, headers.toArray(Header[]::new));
    assertThat(eleven).hasSize(10).containsKey("h7").doesNotContainKey("h8");
    assertThat(eleven.get("amebo-headers").text()).isEqualTo("[[\"h8\",\"v\"],[\"h9\",\"v\"]]");
  }

  @Test
  void sizeIsTheBodyAndOfAttributesNameTypeAndValue() {
    SendEntry e = entry(message("id", "orders", null, bytes("äb"), Map.of(), Header.of("h", "vv")));
    int id = "amebo-id".length() + "String".length() + 2;
    assertThat(e.size()).isEqualTo(3 + id + 1 + "String".length() + 2);
    assertThat(e.tooLarge(e.size(), "SQS")).isNull();
    assertThat(e.tooLarge(e.size() - 1, "SQS")).contains(e.size() + " bytes", "at most 27");
  }

  @Test
  void groupsAndDeduplicationIds() {
    Message laned = message("m", "orders.fifo", "lane", bytes("x"), Map.of());
    SendEntry e = SendEntry.of(laned, "orders.fifo", "usual");
    assertThat(e.group()).isEqualTo("lane");
    assertThat(e.dedup()).isEqualTo("m");
    Message keyed = new Message("m", "a", bytes("key 1"), bytes("x"), List.of(), laned.origin());
    assertThat(SendEntry.of(keyed, "orders.fifo", "usual").group())
        .as("a space is not allowed")
        .isEqualTo("sha256:227ba5f2c6c9109fe5c44a0696f393379607493a377f522ee27d9a7ae3227d89")
        .hasSize(71);
    Message free = message("m", "orders.fifo", null, bytes("x"), Map.of());
    assertThat(SendEntry.of(free, "orders.fifo", "usual").group()).isEqualTo("usual");
    assertThatThrownBy(() -> SendEntry.of(free, "orders.fifo", null))
        .hasMessageContaining("configure messageGroup");
    SendEntry standard = SendEntry.of(laned, "orders", null);
    assertThat(standard.group()).isNull();
    assertThat(standard.dedup()).isNull();
  }

  @Test
  void longNamesAreDigestsTheSameForEachRepeat() {
    String most = "x".repeat(128);
    assertThat(FifoName.of(most)).isEqualTo(most);
    assertThat(FifoName.of(most + "x"))
        .isEqualTo(FifoName.of(most + "x"))
        .isNotEqualTo(FifoName.of(most + "y"))
        .matches("sha256:[0-9a-f]{64}");
    assertThat(FifoName.of(bytes("abc"))).isEqualTo("abc");
    assertThat(FifoName.of("ä"))
        .isEqualTo("sha256:33e6d73fee82904c8d7afb78de1154d1e8dc2a0edb08120e63df5b9385c2d9cc");
  }

  @Test
  void withoutAnIdEachSendingIsItsOwn() {
    Message none = message(null, "orders.fifo", "lane", bytes("x"), Map.of());
    SendEntry once = SendEntry.of(none, "orders.fifo", null);
    assertThat(once.dedup()).isNotEqualTo(SendEntry.of(none, "orders.fifo", null).dedup());
    assertThat(once.attributes()).isEmpty();
  }
}
