package io.amebobridge.core.run;

import io.amebobridge.core.LaneStatus;
import io.amebobridge.core.pump.PumpStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code /status} says. */
final class StatusJson {
  private StatusJson() {}

  static Map<String, Object> of(Bridge bridge) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("ready", bridge.ready());
    body.put("sources", bridge.status().stream().map(StatusJson::source).toList());
    return body;
  }

  private static Map<String, Object> source(PumpStatus s) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("source", s.source());
    body.put("state", s.state().name());
    body.put("received", s.received());
    body.put("accepted", s.accepted());
    body.put("duplicates", s.duplicates());
    body.put("filtered", s.filtered());
    body.put("deadLettered", s.deadLettered());
    body.put("abandoned", s.abandoned());
    body.put("inFlight", s.inFlight());
    body.put("retries", s.retries());
    body.put("acceptedPerSecond", rounded(s.acceptedPerSecond()));
    body.put("lag", s.lag() < 0 ? null : s.lag());
    body.put("lastError", s.lastError());
    body.put("lastErrorAt", s.lastErrorAt() == null ? null : s.lastErrorAt().toString());
    body.put("at", s.at().toString());
    List<Map<String, Object>> lanes = new ArrayList<>();
    for (LaneStatus lane : s.lanes()) lanes.add(lane(lane, s));
    body.put("lanes", lanes);
    return body;
  }

  private static Map<String, Object> lane(LaneStatus lane, PumpStatus s) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("lane", lane.lane());
    body.putAll(lane.labels());
    body.put("position", known(lane.position()));
    body.put("settled", known(lane.settled()));
    body.put("end", known(lane.end()));
    body.put("lag", known(lane.lag()));
    body.put("settledPerSecond", rounded(s.settledPerSecond().getOrDefault(lane.lane(), 0.0)));
    body.put("retentionHeadroomSeconds", lane.retentionHeadroomSeconds());
    return body;
  }

  private static @Nullable Long known(long value) {
    return value < 0 ? null : value;
  }

  private static double rounded(double value) {
    return Math.round(value * 10) / 10.0;
  }
}
