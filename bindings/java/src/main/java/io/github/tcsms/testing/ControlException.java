// What the control API refuses.
package io.github.tcsms.testing;

/** The service refused a request of a test to its control API, or could not be asked. */
public final class ControlException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The HTTP status; 0 when no answer came. */
    public final int status;
    /** The word for programs, such as {@code NotFound}; {@code Unreachable} when no answer came. */
    public final String code;

    ControlException(int status, String code, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
        this.code = code;
    }
}
