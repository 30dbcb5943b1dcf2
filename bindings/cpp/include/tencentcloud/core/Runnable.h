// A piece of work for the Executor.
#ifndef TENCENTCLOUD_CORE_RUNNABLE_H_
#define TENCENTCLOUD_CORE_RUNNABLE_H_

#include <functional>

namespace TencentCloud
{

/// A piece of work.
class Runnable
{
public:
    /// Work that calls `func`.
    explicit Runnable(const std::function<void()> func) : m_func(func) {}

    /// Does the work.
    void Run() const
    {
        if (m_func)
            m_func();
    }

private:
    std::function<void()> m_func;
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_RUNNABLE_H_
