// Small helpers that programs use beside the SDK.
#ifndef TENCENTCLOUD_CORE_UTILS_UTILS_H_
#define TENCENTCLOUD_CORE_UTILS_UTILS_H_

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <random>
#include <string>

namespace TencentCloud
{

/// Small helpers.
class Utils
{
public:
    /// Bytes as hexadecimal digits, in small letters.
    static std::string HexEncode(const std::string &input)
    {
        static const char digits[] = "0123456789abcdef";
        std::string hex;
        hex.reserve(input.size() * 2);
        for (size_t i = 0; i < input.size(); i++)
        {
            unsigned char byte = static_cast<unsigned char>(input[i]);
            hex += digits[byte >> 4];
            hex += digits[byte & 15];
        }
        return hex;
    }

    /// A whole number in decimal digits.
    static std::string int2str(int64_t n) { return std::to_string(n); }

    /// The present Unix time in seconds, and its date in UTC such as `2021-01-11`.
    static void GetCurrentTimeAndUtcDate(int64_t &timestamp, std::string &utcDate)
    {
        using std::chrono::system_clock;
        timestamp = std::chrono::duration_cast<std::chrono::seconds>(system_clock::now().time_since_epoch()).count();
        const std::time_t seconds = static_cast<std::time_t>(timestamp);
        std::tm parts = std::tm();
        gmtime_r(&seconds, &parts);
        char date[32];
        utcDate.assign(date, std::strftime(date, sizeof date, "%Y-%m-%d", &parts));
    }

    /// A random UUID (version 4) in small letters.
    static std::string GenerateUuid()
    {
        std::random_device device;
        std::string bytes;
        while (bytes.size() < 16)
        {
            unsigned int random = device();
            for (int i = 0; i < 4; i++)
                bytes += static_cast<char>((random >> (8 * i)) & 0xff);
        }
        bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
        bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
        std::string uuid = HexEncode(bytes);
        for (size_t place : {8u, 13u, 18u, 23u})
            uuid.insert(place, 1, '-');
        return uuid;
    }
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_UTILS_UTILS_H_
