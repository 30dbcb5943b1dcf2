// Versions: of this SDK, and of the official SDK whose interface it has.
#ifndef TENCENTCLOUD_CORE_CONFIG_H_
#define TENCENTCLOUD_CORE_CONFIG_H_

/// The interface version of the official SDK that a program may ask for.
#define TENCENTCLOUD_VERSION ((3 << 16) + (0 << 8) + 8)
/// The release of the official SDK that this one can take the place of.
#define TENCENTCLOUD_VERSION_STR "3.3.165"
/// The release of this SDK; the service is told it as `SDK_TCSMS_CPP_…`.
#define TCSMS_VERSION_STR "0.1.0"

#endif // TENCENTCLOUD_CORE_CONFIG_H_
