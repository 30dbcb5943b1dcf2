// A result, or the error in its place.
#ifndef TENCENTCLOUD_CORE_OUTCOME_H_
#define TENCENTCLOUD_CORE_OUTCOME_H_

#include <utility>

namespace TencentCloud
{

/// What became of a call: a result R, or an error E.
template <typename E, typename R>
class Outcome
{
public:
    /// No success, with an empty error.
    Outcome() : m_success(false), m_e(), m_r() {}
    /// A failure.
    explicit Outcome(const E &e) : m_success(false), m_e(e), m_r() {}
    /// A success.
    explicit Outcome(const R &r) : m_success(true), m_e(), m_r(r) {}
    /// A success, without a copy.
    explicit Outcome(R &&r) : m_success(true), m_e(), m_r(std::move(r)) {}
    Outcome(const Outcome &o) = default;
    Outcome(Outcome &&o) = default;
    Outcome &operator=(const Outcome &o) = default;
    Outcome &operator=(Outcome &&o) = default;

    /// Whether there is a result.
    bool IsSuccess() const { return m_success; }
    /// The error; an empty one after a success.
    E &GetError() { return m_e; }
    /// The error; an empty one after a success.
    const E &GetError() const { return m_e; }
    /// A copy of the result; an empty one after a failure.
    R GetResult() const { return m_r; }

private:
    bool m_success;
    E m_e;
    R m_r;
};

} // namespace TencentCloud

#endif // TENCENTCLOUD_CORE_OUTCOME_H_
