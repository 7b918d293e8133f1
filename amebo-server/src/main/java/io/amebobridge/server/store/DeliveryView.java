package io.amebobridge.server.store;

/** A delivery with the names that belong to it. */
public record DeliveryView(DeliveryRow row, String action, String publisher, String subscriber) {}
