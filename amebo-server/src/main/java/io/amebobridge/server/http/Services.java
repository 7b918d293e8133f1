package io.amebobridge.server.http;

import io.amebobridge.server.ServerConfig;
import io.amebobridge.server.ServerMetrics;
import io.amebobridge.server.delivery.Dispatcher;
import io.amebobridge.server.ingest.Intake;
import io.amebobridge.server.registry.Registrar;
import io.amebobridge.server.registry.Registry;
import io.amebobridge.server.security.AdminCredentials;
import io.amebobridge.server.security.Tokens;
import io.amebobridge.server.store.Store;

/** What the routes stand on. */
public record Services(
    ServerConfig config,
    Store store,
    Registry registry,
    Registrar registrar,
    Intake intake,
    Dispatcher dispatcher,
    Tokens tokens,
    AdminCredentials admin,
    ServerMetrics metrics,
    String version) {}
