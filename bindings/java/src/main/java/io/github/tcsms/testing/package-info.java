/**
 * For the tests of programs that send: a service on this machine, an account for each test, the codes that were "sent", faults and a
 * clock.
 */
package io.github.tcsms.testing;
