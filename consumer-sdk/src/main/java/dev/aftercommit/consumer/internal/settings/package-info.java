/** What a consumer was built with. */
@NullMarked
package dev.aftercommit.consumer.internal.settings;

import org.jspecify.annotations.NullMarked;
