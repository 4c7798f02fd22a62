/**
 * The judge: reads the table by JDBC and the stream by a raw client, and compares. Shares nothing with the relay, not
 * even the encoding of a header.
 */
@NullMarked
package dev.aftercommit.crash.check;

import org.jspecify.annotations.NullMarked;
