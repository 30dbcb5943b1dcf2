// When something that fails is left alone for a while.
package com.tencentcloudapi.common;

/**
 * Counts failures, and says for a while not to try after too many of them. The clients take its setting, and leave the counting
 * to the core; a program may use one for its own purposes. Safe to use from many threads.
 */
public class CircuitBreaker {
    private final Setting setting;
    private long windowEnds;
    private long openUntil;
    private int failures;
    private int total;
    private int inRow;
    private int trials;
    private boolean open;

    /** Makes one with the setting that is usual. */
    public CircuitBreaker() {
        this(new Setting());
    }

    /**
     * Makes one.
     *
     * @param setting when it opens
     */
    public CircuitBreaker(Setting setting) {
        this.setting = setting;
    }

    /** When a breaker opens. */
    public static class Setting {
        /** It opens after so many failures, when the share is reached too, or all of them came in a row. */
        public int maxFailNum = 5;
        /** The share of failures, from 0 to 1. */
        public float maxFailPercentage = 0.75f;
        /** The time in which they are counted, in milliseconds. */
        public long windowIntervalMs = 300_000;
        /** How long it stays open, in milliseconds. */
        public long timeoutMs = 60_000;
        /** How many may try when it has been open so long; one at least. */
        public int maxRequests = 0;

        /** Makes the usual one. */
        public Setting() {
        }
    }

    /** An answer of a breaker. */
    public static class Token {
        /** Whether to try. */
        public boolean allowed;
        private final CircuitBreaker breaker;

        Token(boolean allowed, CircuitBreaker breaker) {
            this.allowed = allowed;
            this.breaker = breaker;
        }

        /**
         * Tells how it went.
         *
         * @param success whether it worked
         */
        public void report(boolean success) {
            breaker.told(success);
        }
    }

    /**
     * Asks whether to try.
     *
     * @return the answer, to be told how it went
     */
    public synchronized Token allow() {
        long now = System.nanoTime() / 1_000_000;
        if (!open) {
            return new Token(true, this);
        }
        if (now < openUntil || trials >= Math.max(1, setting.maxRequests)) {
            return new Token(false, this);
        }
        trials++;
        return new Token(true, this);
    }

    private synchronized void told(boolean success) {
        long now = System.nanoTime() / 1_000_000;
        if (open && now < openUntil) {
            return;
        }
        if (open && success) {
            open = false;
            windowEnds = now;
        }
        if (now >= windowEnds) {
            windowEnds = now + setting.windowIntervalMs;
            failures = 0;
            total = 0;
            inRow = 0;
        }
        total++;
        inRow = success ? 0 : inRow + 1;
        failures += success ? 0 : 1;
        boolean many = failures >= setting.maxFailNum && failures >= setting.maxFailPercentage * total;
        if (!success && (open || many || inRow >= setting.maxFailNum)) {
            open = true;
            trials = 0;
            openUntil = now + setting.timeoutMs;
        }
    }

    Setting setting() {
        return setting;
    }
}
