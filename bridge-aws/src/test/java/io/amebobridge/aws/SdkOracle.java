package io.amebobridge.aws;

import io.amebobridge.brokers.SnsSigner;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.messagemanager.sns.SnsMessageManager;
import software.amazon.awssdk.messagemanager.sns.model.SnsMessage;
import software.amazon.awssdk.regions.Region;

/** AWS's own verification of SNS messages, given a certificate of this machine for SNS's. */
final class SdkOracle implements AutoCloseable {
  private final SnsMessageManager manager;

  SdkOracle(SnsSigner signer) {
    manager =
        SnsMessageManager.builder()
            .region(Region.US_EAST_1)
            .httpClient(new OneAnswer(signer.pem()))
            .build();
  }

  /** The message; throws where the SDK takes it for none of SNS's. */
  SnsMessage verified(String body) {
    return manager.parseMessage(body);
  }

  boolean accepts(String body) {
    try {
      manager.parseMessage(body);
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  @Override
  public void close() {
    manager.close();
  }

  /** Answers whatever is asked with one text. */
  private record OneAnswer(String text) implements SdkHttpClient {
    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() {
          byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
          return HttpExecuteResponse.builder()
              .response(SdkHttpResponse.builder().statusCode(200).build())
              .responseBody(AbortableInputStream.create(new ByteArrayInputStream(bytes)))
              .build();
        }

        @Override
        public void abort() {}
      };
    }

    @Override
    public void close() {}
  }
}
