// What the native library fetches credentials from.
package io.github.tcsms;

import java.util.Map;

/**
 * A place that the core fetches credentials from.
 *
 * <p>Private to this library; nothing in it is kept from one version to the next.
 */
public interface CoreSource {
    /**
     * The place, in the core's settings.
     *
     * @return the settings by name
     */
    Map<String, Object> coreSettings();
}
