// The native library's log lines on their way to java.util.logging.
package io.github.tcsms;

import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The logger {@code com.tencentcloudapi.common}. It gets lines when a profile says debug, or when it has a level. */
final class Logs {
    /** Kept here: the platform holds loggers weakly. */
    static final Logger LOGGER = Logger.getLogger("com.tencentcloudapi.common");

    /** The library's levels, from errors to everything. */
    private static final Level[] LEVELS = {Level.OFF, Level.SEVERE, Level.WARNING, Level.INFO, Level.FINE, Level.FINER};
    /** Requests and answers are told at the last level only. */
    private static final int DEBUG = 5;

    private static volatile int present;
    private static volatile boolean debug;

    private Logs() {
    }

    /** Called before each call: settings of loggers may have changed. */
    static void follow(boolean wanted) throws TencentCloudSDKException {
        int level = 0;
        Level own = LOGGER.getLevel();
        if (own != null) {
            for (int i = 1; i < LEVELS.length && own.intValue() <= LEVELS[i].intValue(); i++) {
                level = i;
            }
        }
        if (wanted) {
            debug = true;
        }
        if (debug && level < DEBUG) {
            level = DEBUG;
        }
        if (level != present) {
            Native.needed();
            synchronized (Logs.class) {
                present = level;
                Native.setLog(Logs::line, level);
            }
        }
    }

    private static void line(int level, String text) {
        Level told = LEVELS[Math.max(1, Math.min(level, LEVELS.length - 1))];
        // Who asks for debugging wants to see it wherever information is shown.
        if (debug && told.intValue() < Level.INFO.intValue() && !LOGGER.isLoggable(told)) {
            told = Level.INFO;
        }
        LOGGER.log(told, text);
    }
}
