package io.amebobridge.core.pump;

import io.amebobridge.core.MessageSink;
import io.amebobridge.core.MessageSource;
import io.amebobridge.core.Router;
import io.amebobridge.core.deadletter.DeadLetterStore;
import java.util.function.Supplier;

/**
 * What a pump connects.
 *
 * @param name the source's name in the config
 * @param sources makes a new source each time one must be opened
 * @param routers makes a router confined to the pump's thread
 */
public record PumpParts(
    String name,
    Supplier<MessageSource> sources,
    Supplier<Router> routers,
    MessageSink sink,
    DeadLetterStore deadLetters) {}
