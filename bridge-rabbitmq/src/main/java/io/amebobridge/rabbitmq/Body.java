package io.amebobridge.rabbitmq;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A body without its content-encoding (gzip, deflate), and in UTF-8 where its content-type, or a
 * content-encoding that is really a charset, says that it is text in another one.
 *
 * @param bytes the original ones where there is an error
 * @param error why it can't be read, else null (rule 7)
 */
record Body(byte[] bytes, @Nullable String error) {
  private static final Set<String> PLAIN = Set.of("", "identity", "binary", "8bit", "7bit", "none");
  private static final Pattern CHARSET =
      Pattern.compile(";\\s*charset\\s*=\\s*\"?([^\";\\s]+)\"?", Pattern.CASE_INSENSITIVE);

  static Body of(
      byte[] raw, @Nullable String contentType, @Nullable String contentEncoding, long most) {
    byte[] bytes = raw;
    Charset charset = null;
    try {
      Matcher said = CHARSET.matcher(contentType == null ? "" : contentType);
      if (said.find()) charset = charset(said.group(1));
      List<String> codings = codings(contentEncoding);
      for (int i = codings.size() - 1; i >= 0; i--) { // the last one named was applied last
        String coding = codings.get(i);
        if (PLAIN.contains(coding)) continue;
        if (coding.equals("gzip") || coding.equals("x-gzip")) {
          bytes = read(new GZIPInputStream(new ByteArrayInputStream(bytes)), most);
        } else if (coding.equals("deflate")) {
          bytes = inflate(bytes, most);
        } else {
          Charset named = charset(coding); // a common mistake that tells what is meant
          if (charset == null) charset = named;
        }
      }
      if (charset != null) bytes = toUtf8(bytes, charset);
      return new Body(bytes, null);
    } catch (IOException e) {
      String what = "content-encoding %s, content-type %s: %s";
      return new Body(raw, what.formatted(contentEncoding, contentType, e.getMessage()));
    }
  }

  private static List<String> codings(@Nullable String contentEncoding) {
    if (contentEncoding == null) return List.of();
    return List.of(contentEncoding.toLowerCase(Locale.ROOT).strip().split("\\s*,\\s*", -1));
  }

  private static Charset charset(String name) throws IOException {
    try {
      return Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw new IOException(name + " is neither gzip nor deflate nor a charset that is known", e);
    }
  }

  private static byte[] toUtf8(byte[] bytes, Charset charset) throws IOException {
    if (charset.equals(StandardCharsets.UTF_8) || charset.equals(StandardCharsets.US_ASCII)) {
      return bytes;
    }
    try {
      String text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.getBytes(StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      throw new IOException("the body is not in " + charset, e);
    }
  }

  /** With zlib's two leading bytes, as the standard has it, or without them, as some write it. */
  private static byte[] inflate(byte[] bytes, long most) throws IOException {
    boolean zlib =
        bytes.length >= 2
            && (bytes[0] & 0x0F) == 8
            && (((bytes[0] & 0xFF) << 8) | (bytes[1] & 0xFF)) % 31 == 0;
    Inflater inflater = new Inflater(!zlib);
    try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes), inflater)) {
      return read(in, most);
    } finally {
      inflater.end();
    }
  }

  private static byte[] read(InputStream in, long most) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[16 * 1024];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      if (out.size() + n > most) throw new IOException("more than " + most + " bytes unpacked");
      out.write(buffer, 0, n);
    }
    return out.toByteArray();
  }
}
