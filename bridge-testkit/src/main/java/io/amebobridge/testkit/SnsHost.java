package io.amebobridge.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.amebobridge.brokers.SnsSigner;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A host of SNS by TLS, under its own name: clients reach it by a proxy, which leads whatever name
 * they ask for to here. Thread-safe.
 */
public final class SnsHost implements AutoCloseable {
  private static final char[] PASSWORD = "local".toCharArray();

  /** Keys take their time. */
  private static final Map<String, SnsSigner> NAMES = new ConcurrentHashMap<>();

  private final HttpsServer server;
  private final ServerSocket proxy;
  private final SnsSigner name;
  private final ExecutorService threads = Executors.newCachedThreadPool(SnsHost::daemon);
  private final Queue<String> asked = new ConcurrentLinkedQueue<>();

  /**
   * Started.
   *
   * @param host the name in its certificate
   */
  public SnsHost(String host, HttpHandler answers) throws IOException, GeneralSecurityException {
    Instant now = Instant.now();
    name =
        NAMES.computeIfAbsent(
            host, n -> SnsSigner.make(n, now.minusSeconds(3_600), now.plusSeconds(36_000)));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(name.keyStore(PASSWORD), PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    InetAddress here = InetAddress.getLoopbackAddress();
    server = HttpsServer.create(new InetSocketAddress(here, 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.setExecutor(threads);
    server.createContext("/", exchange -> answer(exchange, answers));
    server.start();
    proxy = new ServerSocket(0, 50, here);
    threads.execute(this::lead);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "sns-host");
    thread.setDaemon(true);
    return thread;
  }

  private void answer(HttpExchange exchange, HttpHandler answers) throws IOException {
    asked.add(exchange.getRequestHeaders().getFirst("Host") + exchange.getRequestURI());
    try (exchange) {
      answers.handle(exchange);
    }
  }

  /** Such as {@code sns.us-east-1.amazonaws.com/a.pem}, in the order they came. */
  public Queue<String> asked() {
    return asked;
  }

  /**
   * A client that reaches it, and trusts it alone.
   *
   * @param more what else is to be set
   */
  public HttpClient client(Function<HttpClient.Builder, HttpClient.Builder> more)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("host", name.certificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return more.apply(HttpClient.newBuilder().sslContext(context).proxy(selector())).build();
  }

  /** Leads here. */
  public ProxySelector selector() {
    return ProxySelector.of(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.getLocalPort()));
  }

  private void lead() {
    while (!proxy.isClosed()) {
      try {
        Socket from = proxy.accept();
        threads.execute(() -> lead(from));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void lead(Socket from) {
    try (from;
        Socket to = new Socket(server.getAddress().getAddress(), server.getAddress().getPort())) {
      InputStream in = from.getInputStream();
      int ends = 0;
      while (ends < 4) { // until an empty line
        int b = in.read();
        if (b < 0) return;
        ends = b == '\r' || b == '\n' ? ends + 1 : 0;
      }
      OutputStream out = from.getOutputStream();
      out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      threads.execute(() -> copy(to, from));
      in.transferTo(to.getOutputStream());
    } catch (IOException gone) {
      // the test's own doing
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException gone) {
      // the test's own doing
    }
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    server.stop(0);
    threads.shutdownNow();
  }
}
