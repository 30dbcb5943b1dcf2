"""Tests of a program that sends SMS: a service of their own to talk to, what was "sent", faults on demand, and a clock.

::

    with LocalService.start() as service, service.account() as account:
        send_login_code(account.client(), "+8613711112222")
        assert account.wait_for_message(phone="+8613711112222").code == "2468"

For pytest there are the fixtures of :mod:`tcsms.pytest_plugin`. Only :meth:`Account.client` needs the native module.
"""

from __future__ import annotations

import collections
import http.client
import importlib.util
import json
import os
import select
import shutil
import ssl
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from types import ModuleType
from typing import IO, TYPE_CHECKING, Any, Mapping, Optional, Sequence, overload
from urllib.parse import quote, urlencode, urlsplit

if TYPE_CHECKING:
    from tencentcloud.sms.v20210111.sms_client import SmsClient

#: The configuration of a service that is started without one: the development account, no limits, reports at once.
DEFAULT_CONFIG = """\
[limits]
profile = "off"
api_rate = false
[delivery]
delay = "0s"
"""


class ServiceError(Exception):
    """The service did not start, cannot be reached, or refused a request of these helpers."""

    def __init__(self, message: str, status: Optional[int] = None, code: Optional[str] = None) -> None:
        super().__init__(message if code is None else "%s (%s)" % (message, code))
        #: What happened, in words.
        self.message = message
        #: The HTTP status of the refusal; None when there was no answer.
        self.status = status
        #: The word of the refusal for programs, such as `NotFound`; None when there was no answer.
        self.code = code


@dataclass(frozen=True)
class Message:
    """A message as the service has it."""

    #: Its serial number, the `SerialNo` of the sender's answer.
    serial: str
    #: The id of the account that sent it.
    account: str
    #: The SdkAppId that sent it.
    app: str
    #: The number, in E.164 form.
    phone: str
    #: What the phone shows, signature included.
    text: str
    #: The values of the template's variables.
    params: list[str]
    #: The id of the template.
    template: str
    #: The text of the signature.
    sign: str
    #: `refused`, `submitted`, `delivered` or `failed`.
    status: str
    #: How many segments it is charged as.
    segments: int
    #: The `Fee` of the sender's answer.
    fee: int
    #: When it was accepted, business time, Unix seconds.
    at: int
    #: Its place among the messages of the service.
    row: int
    #: The login code that was found in the text.
    code: Optional[str] = None
    #: The code word of the carrier's report, or the code of the refusal.
    report: Optional[str] = None
    #: What it waits for; only from :meth:`Account.message`, as are the following.
    waiting: Optional[str] = None
    #: The ids of the faults that struck it or its call.
    faults: Optional[list[str]] = None
    #: The RequestId of the call that sent it.
    request_id: Optional[str] = None

    @classmethod
    def _of(cls, told: Mapping[str, Any]) -> Message:
        members = dict(told, request_id=told.get("requestId"))
        # What a newer service says beyond this is left out.
        return cls(**{name: value for name, value in members.items() if name in cls.__dataclass_fields__})


class LocalService:
    """The service `tcsms serve`: started for these tests, or one that runs already. Any number of threads may use it."""

    #: The URL of the API, for clients.
    api: str
    #: The URL of the control API, which these helpers use.
    control: str

    def __init__(self, control: str, token: Optional[str], api: str, ca_file: Optional[str],
                 process: Optional[subprocess.Popen[bytes]] = None) -> None:
        """Use :meth:`start` or :meth:`connect`."""
        self.api, self.control = api.rstrip("/"), control.rstrip("/")
        self._token, self._ca_file, self._process = token, ca_file, process

    @classmethod
    def start(cls, program: Optional[str] = None, config: str = DEFAULT_CONFIG, arguments: Sequence[str] = (),
              timeout: float = 30.0, ca_file: Optional[str] = None) -> LocalService:
        """Starts the service on a free port. It ends with :meth:`stop`, and whenever this process ends.

        :param program: The path of `tcsms`. Without it: the variable TCSMS_PROGRAM, the package `tcsms-service`, and then
            `tcsms` on PATH.
        :param config: The configuration, the text of a TOML file.
        :param arguments: More arguments of `tcsms serve`.
        :param timeout: Seconds that the start may take.
        :param ca_file: A PEM file of the authority to trust, for a service with `--tls-self-signed` or the like.
        """
        command = [program or _program(), "serve", "--listen", "127.0.0.1:0", "--stop-with-stdin"]
        with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
            file.write(config)
            file.flush()
            try:
                # In a session of its own control-C does not reach it, so that the tests can still tidy up.
                process = subprocess.Popen(
                    [*command, "--config", file.name, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, start_new_session=True)
            except OSError as error:
                raise ServiceError("cannot start the program %s: %s" % (command[0], error.strerror)) from None
            assert process.stdout is not None and process.stderr is not None
            last_words: collections.deque[bytes] = collections.deque(maxlen=20)
            reader = threading.Thread(target=_keep_last, args=(process.stderr, last_words), daemon=True)
            reader.start()
            in_time = select.select([process.stdout], [], [], timeout)[0]
            line = process.stdout.readline() if in_time else b""
        if not line:
            if not in_time:
                process.kill()
            _end(process, 10)
            reader.join(10)
            raise ServiceError("the service %s: %s" % (
                "ended at its start" if in_time else "did not start within %g s" % timeout,
                b"".join(last_words).decode(errors="replace").strip() or "it gave no reason"))
        told = json.loads(line)
        return cls(told["control"], None, told["api"], ca_file, process)

    @classmethod
    def connect(cls, url: str, token: Optional[str] = None, api: Optional[str] = None,
                ca_file: Optional[str] = None) -> LocalService:
        """A service that runs already, and goes on running.

        :param url: The URL of its control API.
        :param token: The value of its TCSMS_CONTROL_TOKEN, where it has one.
        :param api: The URL of its API, when that is another.
        :param ca_file: A PEM file of the authority to trust.
        """
        return cls(url, token, api or url, ca_file)

    def account(self, like: Optional[str] = None, limits: str = "off", ttl: str = "10m",
                status_url: Optional[str] = None, reply_url: Optional[str] = None) -> Account:
        """Makes an account that shares nothing with others.

        :param like: The id of the configured account whose signatures and templates it gets; by default the first.
        :param limits: `off`, `default` or `strict`.
        :param ttl: How long it lives when nobody closes it, at most 24h.
        :param status_url: Where its delivery reports are pushed to.
        :param reply_url: Where replies to its messages are pushed to.
        """
        wanted = {"like": like, "limits": limits, "ttl": ttl, "statusUrl": status_url, "replyUrl": reply_url}
        return Account(self, self._call("POST", "accounts", body=wanted))

    def stop(self) -> None:
        """Ends the service when :meth:`start` started it. Again, it does nothing."""
        process, self._process = self._process, None
        if process is not None:
            _end(process, 10)

    def __enter__(self) -> LocalService:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _call(self, method: str, path: str, query: Optional[Mapping[str, Any]] = None, body: Optional[object] = None,
              wait: float = 0.0) -> Any:
        given = {name: value for name, value in (query or {}).items() if value is not None}
        target = "/_tcsms/v1/" + path + ("?" + urlencode(given) if given else "")
        headers = {"Authorization": "Bearer " + self._token} if self._token else {}
        address = urlsplit(self.control)
        timeout = wait + 10
        # A connection for each call keeps threads apart. Proxies are never asked: the service is near.
        if address.scheme == "https":
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                address.netloc, timeout=timeout, context=ssl.create_default_context(cafile=self._ca_file))
        else:
            connection = http.client.HTTPConnection(address.netloc, timeout=timeout)
        try:
            connection.request(method, target, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
            refused = None if answer.status == 200 else told["error"]
        except (OSError, http.client.HTTPException, ValueError, LookupError) as error:
            raise ServiceError("no control API of tcsms answers at %s: %r" % (self.control, error)) from error
        finally:
            connection.close()
        if refused:
            raise ServiceError(refused["message"], answer.status, refused["code"])
        return told


class Account:
    """An account for one test: its own key, app, messages, faults and clock."""

    def __init__(self, service: LocalService, made: Mapping[str, Any]) -> None:
        """Use :meth:`LocalService.account`."""
        self._service = service
        #: The account's id.
        self.id: str = made["id"]
        #: The id of its key.
        self.secret_id: str = made["secretId"]
        #: Its key.
        self.secret_key: str = made["secretKey"]
        #: The SdkAppId of its app.
        self.sdk_app_id: str = made["sdkAppId"]
        #: The texts of its approved signatures.
        self.signs: list[str] = made["signs"]
        #: Its approved templates, each with `id` and `content`.
        self.templates: list[dict[str, str]] = made["templates"]

    @overload
    def client(self) -> SmsClient: ...

    @overload
    def client(self, module: ModuleType) -> Any: ...

    def client(self, module: Optional[ModuleType] = None) -> Any:
        """An `SmsClient` of the SDK with this account's key that talks to the service; by default the blocking one of
        2021-01-11. Its `profile` may be changed.

        :param module: Where else the class is, such as `tencentcloud.sms.v20210111.sms_client_async`.
        """
        from tencentcloud.common.credential import Credential
        from tencentcloud.common.profile.client_profile import ClientProfile
        from tencentcloud.sms.v20210111 import sms_client
        profile = ClientProfile()
        profile.settings.update({"connect_to": self._service.api, "allow_plain_http": True})
        if self._service._ca_file:
            profile.settings["ca_file"] = self._service._ca_file
        return (module or sms_client).SmsClient(Credential(self.secret_id, self.secret_key), "ap-guangzhou", profile)

    def messages(self, phone: Optional[str] = None, status: Optional[str] = None, q: Optional[str] = None,
                 app: Optional[str] = None, limit: Optional[int] = None) -> list[Message]:
        """The messages that there are now, the newest last.

        :param phone: Only those to this number.
        :param status: Only those that are `refused`, `submitted`, `delivered` or `failed`.
        :param q: Only those whose text, number or serial number contains this.
        :param app: Only those of this SdkAppId.
        :param limit: How many of the newest, 1 to 1000; 100 without it.
        """
        told = self._call("GET", "messages", phone=phone, status=status, q=q, app=app, limit=limit)
        return [Message._of(message) for message in told["messages"]]

    def wait_for_message(self, phone: Optional[str] = None, status: Optional[str] = None, q: Optional[str] = None,
                         app: Optional[str] = None, timeout: float = 10.0) -> Message:
        """The newest message that fits, as soon as there is one, chosen as by :meth:`messages`.

        :param timeout: Seconds to wait, at most 300. An AssertionError then says which messages nearly fitted.
        """
        __tracebackhide__ = True
        return self.wait_for_messages(1, phone, status, q, app, timeout)[-1]

    def wait_for_messages(self, count: int, phone: Optional[str] = None, status: Optional[str] = None,
                          q: Optional[str] = None, app: Optional[str] = None, timeout: float = 10.0) -> list[Message]:
        """As :meth:`wait_for_message`, as soon as there are so many: all that fit, the newest last."""
        __tracebackhide__ = True
        conditions = {"phone": phone, "status": status, "q": q, "app": app}
        told = self._call("GET", "messages", wait=timeout, count=count, **conditions)
        if not told["matched"]:
            raise AssertionError(_missed(told, count, conditions, timeout))
        return [Message._of(message) for message in told["messages"]]

    def message(self, serial: str) -> Message:
        """One message by its serial number, with what it waits for and the faults that struck it."""
        return Message._of(self._service._call("GET", "messages/" + quote(serial, "")))

    def clear(self) -> None:
        """Forgets the account's messages."""
        self._call("DELETE", "messages")

    def set_faults(self, rules: Sequence[Mapping[str, Any]], seed: Optional[int] = None) -> None:
        """Puts these rules in the place of the present ones, such as `{"match": {"action": "SendSms"}, "times": 1, "do":
        {"error": {"code": "InternalError.Timeout"}}}`.

        :param seed: Makes their probabilities repeatable.
        """
        self._call("PUT", "faults", {"faults": list(rules)} if seed is None else {"faults": list(rules), "seed": seed})

    def faults(self) -> list[dict[str, Any]]:
        """The rules in force, with how often each fitted and struck."""
        return self._call("GET", "faults")["faults"]

    def clear_faults(self) -> None:
        """Removes the rules."""
        self._call("DELETE", "faults")

    def clock(self) -> dict[str, Any]:
        """How the account's clock stands: `now` in Unix seconds, `offset`, `frozen`."""
        return self._call("GET", "clock")

    def move_clock(self, offset: str) -> None:
        """Sets business time so far from real time: `24h`, `-5m`. Signatures keep real time."""
        self._call("PUT", "clock", {"offset": offset})

    def set_clock(self, now: int) -> None:
        """Stops business time at this Unix second."""
        self._call("PUT", "clock", {"now": now})

    def reset_clock(self) -> None:
        """Sets business time to real time."""
        self._call("PUT", "clock", {})

    def reply(self, phone: str, text: str) -> None:
        """The person at this number answers the account's newest message to it."""
        self._service._call("POST", "replies", body={"account": self.id, "phone": phone, "text": text})

    def report(self, serial: str, status: str, word: Optional[str] = None) -> None:
        """Decides what became of a message.

        :param status: `delivered` or `failed`.
        :param word: The carrier's code word; without it `DELIVRD` or `UNDELIV`.
        """
        self._service._call("POST", "reports", body={"serial": serial, "status": status, "word": word})

    def review_sign(self, id: int, status: str, reply: str = "") -> None:
        """Decides about a signature.

        :param status: `approved`, `rejected`, `reviewing`, or `pending`: approved, but not yet in force.
        :param reply: The reviewer's words.
        """
        self._call("POST", "signs/%s/review" % quote(str(id), ""), {"status": status, "reply": reply})

    def review_template(self, id: int, status: str, reply: str = "") -> None:
        """Decides about a template, as :meth:`review_sign`."""
        self._call("POST", "templates/%s/review" % quote(str(id), ""), {"status": status, "reply": reply})

    def requests(self, action: Optional[str] = None, code: Optional[str] = None,
                 limit: Optional[int] = None) -> list[dict[str, Any]]:
        """The calls that the account's key signed, the newest last: `action`, `code`, `message`, `faults`, `explanation` and
        more of each.

        :param action: Only those of this action.
        :param code: Only those answered with this code; `Ok` is one.
        :param limit: How many of the newest, 1 to 1000; 100 without it.
        """
        return self._call("GET", "requests", action=action, code=code, limit=limit)["requests"]

    def close(self) -> None:
        """Removes the account with all that belongs to it. Again, or after its time, it does nothing."""
        try:
            self._service._call("DELETE", "accounts/" + self.id)
        except ServiceError as error:
            if error.status != 404:
                raise

    def __enter__(self) -> Account:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _call(self, method: str, path: str, body: Optional[object] = None, wait: Optional[float] = None,
              **query: Any) -> Any:
        if wait is not None:
            query["wait"] = "%dms" % round(wait * 1000)
        return self._service._call(method, path, {"account": self.id, **query}, body, wait or 0.0)


def _program() -> str:
    """Where the program is, when nobody says it."""
    found = os.environ.get("TCSMS_PROGRAM")
    if not found and importlib.util.find_spec("tcsms_service"):
        found = importlib.import_module("tcsms_service").program()
    found = found or shutil.which("tcsms")
    if not found:
        raise ServiceError(
            "the program tcsms is not found: the option `program` and the variable TCSMS_PROGRAM name none, the package "
            "tcsms-service is not installed, and there is no tcsms on PATH; install tcsms-service with pip, or let "
            "TCSMS_PROGRAM name the program")
    return str(found)


def _keep_last(stream: IO[bytes], lines: collections.deque[bytes]) -> None:
    """Reads to the end, so that the service never waits for a reader."""
    with stream:
        for line in iter(lambda: stream.readline(4096), b""):
            lines.append(line)


def _end(process: subprocess.Popen[bytes], timeout: float) -> None:
    """Tells the service to end by the end of its input."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def _missed(told: Mapping[str, Any], count: int, conditions: Mapping[str, Optional[str]], timeout: float) -> str:
    """What was waited for, and what nearly fitted."""
    asked = ", ".join("%s %s" % condition for condition in conditions.items() if condition[1] is not None)
    text = "%s with %s within %g s" % (
        "no message" if count == 1 else "%d of %d messages" % (len(told["messages"]), count), asked or "any content",
        timeout)
    for near in told["nearMisses"]:
        differs = ", ".join("%(member)s is %(found)s, wanted %(wanted)s" % difference for difference in near["differs"])
        text += "\n  near: to %s, \"%s\": %s" % (near["phone"], near["text"], differs)
    return text
