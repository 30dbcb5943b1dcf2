"""A circuit breaker, for programs that want one of their own. That of the clients is in the core, see
:class:`tencentcloud.common.profile.client_profile.RegionBreakerProfile`."""

import threading
import time

STATE_CLOSED = 0
STATE_HALF_OPEN = 1
STATE_OPEN = 2


class Counter(object):
    """Counts successes and failures."""

    def __init__(self):
        self.clear()

    def on_success(self):
        """Counts a success."""
        self.total += 1
        self.consecutive_successes += 1
        self.consecutive_failures = 0

    def on_failure(self):
        """Counts a failure."""
        self.total += 1
        self.failures += 1
        self.consecutive_failures += 1
        self.consecutive_successes = 0

    def clear(self):
        """Begins at nothing."""
        self.failures = 0
        self.total = 0
        self.consecutive_successes = 0
        self.consecutive_failures = 0

    def get_failure_rate(self):
        """The part of failures, 0 to 1; 0 when nothing was counted."""
        return self.failures / self.total if self.total else 0.0


class CircuitBreaker(object):
    """Says when to leave something that keeps failing alone. While it is closed, calls are made and counted; many
    failures open it, for `timeout` seconds; then it is half open until `max_requests` calls in a row have succeeded, and
    one failure opens it again.

    :param breaker_setting: The numbers.
    :type breaker_setting: :class:`tencentcloud.common.profile.client_profile.RegionBreakerProfile`
    """

    def __init__(self, breaker_setting):
        self.breaker_setting = breaker_setting
        self.lock = threading.Lock()
        self.counter = Counter()
        self.state = STATE_CLOSED
        # When the count begins anew, or the breaker becomes half open.
        self.expiry = time.time() + breaker_setting.window_interval
        # Outcomes of calls that began before the last change do not count.
        self.generation = 0

    def ready_to_open(self):
        """Whether there were enough failures."""
        most = self.breaker_setting.max_fail_num
        counter = self.counter
        often = counter.failures >= most and counter.get_failure_rate() >= self.breaker_setting.max_fail_percent
        return often or counter.consecutive_failures >= most

    def current_state(self, now):
        """The state and the generation at this time, in seconds."""
        if self.state == STATE_CLOSED and now >= self.expiry:
            self.to_new_generation(now)
        elif self.state == STATE_OPEN and now >= self.expiry:
            self.switch_state(STATE_HALF_OPEN, now)
        return self.state, self.generation

    def switch_state(self, new_state, now):
        """Changes the state."""
        if self.state != new_state:
            self.state = new_state
            self.to_new_generation(now)

    def to_new_generation(self, now):
        """Begins to count anew."""
        self.generation += 1
        self.counter.clear()
        if self.state == STATE_CLOSED:
            self.expiry = now + self.breaker_setting.window_interval
        elif self.state == STATE_OPEN:
            self.expiry = now + self.breaker_setting.timeout

    def before_requests(self):
        """What to give to :meth:`after_requests`, and whether to leave it alone."""
        with self.lock:
            state, generation = self.current_state(time.time())
            return generation, state == STATE_OPEN

    def after_requests(self, before, success):
        """Counts the outcome of a call."""
        with self.lock:
            now = time.time()
            state, generation = self.current_state(now)
            if generation == before:
                (self.on_success if success else self.on_failure)(state, now)

    def on_success(self, state, now):
        """Counts a success in this state."""
        self.counter.on_success()
        if state == STATE_HALF_OPEN and self.counter.consecutive_successes >= self.breaker_setting.max_requests:
            self.switch_state(STATE_CLOSED, now)

    def on_failure(self, state, now):
        """Counts a failure in this state."""
        self.counter.on_failure()
        if state == STATE_HALF_OPEN or state == STATE_CLOSED and self.ready_to_open():
            self.switch_state(STATE_OPEN, now)
