// Checks for the test programs: a test is a function, a failed check says where and ends its test.
#ifndef TCSMS_TESTS_CHECK_H
#define TCSMS_TESTS_CHECK_H

#include <exception>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

struct Failed : std::runtime_error
{
    explicit Failed(const std::string &why) : std::runtime_error(why) {}
};

typedef std::vector<std::pair<std::string, void (*)()>> Tests;

inline Tests &AllTests()
{
    static Tests tests;
    return tests;
}

struct Registered
{
    Registered(const char *name, void (*test)()) { AllTests().push_back(std::make_pair(std::string(name), test)); }
};

#define TEST(name)                                      \
    static void name();                                 \
    static const Registered name##Registered(#name, name); \
    static void name()

template <typename A, typename B>
void Equal(const A &found, const B &expected, const char *what, int line)
{
    if (found == expected)
        return;
    std::ostringstream text;
    text << "line " << line << ": " << what << " is " << found << ", not " << expected;
    throw Failed(text.str());
}

#define CHECK(condition)                                                                              \
    do                                                                                                \
        if (!(condition))                                                                             \
            throw Failed("line " + std::to_string(__LINE__) + ": not so: " #condition);                \
    while (false)
#define CHECK_EQUAL(found, expected) Equal((found), (expected), #found, __LINE__)
#define CHECK_CONTAINS(text, part)                                                                                            \
    do                                                                                                                        \
        if (std::string(text).find(part) == std::string::npos)                                                                \
            throw Failed("line " + std::to_string(__LINE__) + ": " #text " has no `" + std::string(part) + "`: " + std::string(text)); \
    while (false)

/// Runs the tests whose name contains `part`, each with a line for the runner. The number of those that failed.
inline int RunTests(const std::string &part)
{
    int failed = 0;
    for (const auto &test : AllTests())
    {
        if (test.first.find(part) == std::string::npos)
            continue;
        try
        {
            test.second();
            std::cout << "ok " << test.first << std::endl;
        }
        catch (const std::exception &error)
        {
            failed++;
            std::cout << "FAILED " << test.first << ": " << error.what() << std::endl;
        }
    }
    return failed;
}

#endif
