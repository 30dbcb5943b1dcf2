// What the tests talk to: the service, and a server that hears and never answers.
#ifndef TCSMS_TESTS_SERVERS_H
#define TCSMS_TESTS_SERVERS_H

#include "check.h"

#include <tcsms/json.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

extern char **environ;

/// Starts a program with its standard output in a pipe; the reading end is left in `out`.
inline pid_t Start(const std::vector<std::string> &words, int *out)
{
    int pipes[2] = {-1, -1};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (out)
    {
        CHECK(pipe(pipes) == 0);
        posix_spawn_file_actions_adddup2(&actions, pipes[1], 1);
        posix_spawn_file_actions_addclose(&actions, pipes[0]);
        posix_spawn_file_actions_addclose(&actions, pipes[1]);
    }
    std::vector<char *> arguments;
    for (const std::string &word : words)
        arguments.push_back(const_cast<char *>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t pid = 0;
    const int failed = posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (out)
    {
        close(pipes[1]);
        *out = pipes[0];
    }
    if (failed)
        throw Failed("cannot start " + words[0]);
    return pid;
}

/// The service, until this is destroyed.
class Service
{
public:
    Service(const std::string &program, const std::string &config, const std::string &address = "127.0.0.1:0")
    {
        int out = -1;
        m_pid = Start({program, "serve", "--listen", address, "--database", "memory", "--config", config}, &out);
        std::string line;
        char c;
        while (read(out, &c, 1) == 1 && c != '\n')
            line += c;
        close(out);
        tcsms::json::Value told;
        std::string fault;
        if (!tcsms::json::Value::Parse(line, told, fault) || !told.Find("api"))
            throw Failed("the service does not start: " + line);
        m_url = told.Find("api")->text;
    }
    ~Service()
    {
        kill(m_pid, SIGKILL);
        waitpid(m_pid, nullptr, 0);
    }
    Service(const Service &) = delete;
    Service &operator=(const Service &) = delete;

    const std::string &Url() const { return m_url; }
    std::string Address() const { return m_url.substr(m_url.find("//") + 2); }

private:
    pid_t m_pid;
    std::string m_url;
};

/// A server that reads what comes and never answers.
class Silence
{
public:
    Silence() : m_heard(0), m_socket(socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in address = sockaddr_in();
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        CHECK(bind(m_socket, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0 && listen(m_socket, 64) == 0);
        socklen_t size = sizeof address;
        CHECK(getsockname(m_socket, reinterpret_cast<sockaddr *>(&address), &size) == 0);
        m_url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
        m_thread = std::thread(&Silence::Hear, this);
    }
    ~Silence()
    {
        shutdown(m_socket, SHUT_RDWR);
        m_thread.join();
        for (int connection : m_connections)
            close(connection);
        close(m_socket);
    }

    const std::string &Url() const { return m_url; }

    /// Waits until so many requests have begun to come.
    void WaitFor(int requests)
    {
        std::unique_lock<std::mutex> guard(m_lock);
        m_came.wait(guard, [this, requests]() { return m_heard >= requests; });
    }

private:
    void Hear()
    {
        for (;;)
        {
            const int connection = accept(m_socket, nullptr, nullptr);
            if (connection < 0)
                return;
            m_connections.push_back(connection);
            char some[4096];
            if (read(connection, some, sizeof some) <= 0)
                continue;
            std::lock_guard<std::mutex> guard(m_lock);
            m_heard++;
            m_came.notify_all();
        }
    }

    std::mutex m_lock;
    std::condition_variable m_came;
    int m_heard;
    int m_socket;
    std::string m_url;
    std::vector<int> m_connections;
    std::thread m_thread;
};

#endif
