// One thread that does pieces of work in turn, for programs that use it. Calls of the SDK do not.
#ifndef TENCENTCLOUD_CORE_EXECUTOR_H_
#define TENCENTCLOUD_CORE_EXECUTOR_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>

#include <tencentcloud/core/Runnable.h>

namespace TencentCloud
{

/// One thread that does pieces of work in the order in which they came.
class Executor
{
public:
    /// Ends like Shutdown.
    ~Executor() { Shutdown(); }
    Executor(const Executor &) = delete;
    Executor &operator=(const Executor &) = delete;

    /// The executor of the process. It is never destroyed, so it may be used until the very end.
    static Executor * GetInstance()
    {
        static Executor *const instance = new Executor();
        return instance;
    }

    /// Adds a piece of work and becomes its owner. What it throws is dropped. Without Start it waits.
    void Submit(Runnable* task)
    {
        std::lock_guard<std::mutex> guard(m_lock);
        m_tasks.push(std::unique_ptr<Runnable>(task));
        m_wake.notify_one();
    }

    /// Begins to work. False when it had begun.
    bool Start()
    {
        std::lock_guard<std::mutex> guard(m_lock);
        if (m_thread.joinable())
            return false;
        m_ending = false;
        m_thread = std::thread(&Executor::Work, this, ++m_start);
        return true;
    }

    /// Ends after the work under way; what has not begun is dropped.
    void Shutdown()
    {
        std::thread thread;
        {
            std::lock_guard<std::mutex> guard(m_lock);
            m_ending = true;
            m_tasks = std::queue<std::unique_ptr<Runnable>>();
            thread.swap(m_thread);
            m_wake.notify_all();
        }
        if (thread.joinable() && thread.get_id() != std::this_thread::get_id())
            thread.join();
        else if (thread.joinable())
            thread.detach();
    }

    /// Has it look for work.
    void Wakeup() { m_wake.notify_all(); }

private:
    Executor() : m_ending(false), m_start(0) {}

    /// `start` tells a thread that ended itself from the one that came after it.
    void Work(unsigned start)
    {
        std::unique_lock<std::mutex> guard(m_lock);
        for (;;)
        {
            m_wake.wait(guard, [this, start]() { return m_ending || start != m_start || !m_tasks.empty(); });
            if (m_ending || start != m_start)
                return;
            std::unique_ptr<Runnable> task(std::move(m_tasks.front()));
            m_tasks.pop();
            guard.unlock();
            try
            {
                task->Run();
            }
            catch (...)
            {
                // Whoever submitted it is not here to be told.
            }
            task.reset();
            guard.lock();
        }
    }

    std::mutex m_lock;
    std::condition_variable m_wake;
    std::queue<std::unique_ptr<Runnable>> m_tasks;
    bool m_ending;
    unsigned m_start;
    std::thread m_thread;
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_EXECUTOR_H_
