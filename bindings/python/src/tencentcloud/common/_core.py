"""What all clients stand on: finds the native module, says settings and calls in its words, and makes exceptions of its
failures."""

import _thread
import os
import sys

from tencentcloud.common._version import VERSION
from tencentcloud.common.abstract_model import AbstractModel
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

LOGGER_NAME = "tencentcloud_sdk_common"


def _load():
    path = os.environ.get("TCSMS_LIBRARY")
    if path:
        from importlib.machinery import ExtensionFileLoader, ModuleSpec
        name = "tencentcloud.common._native"
        loader = ExtensionFileLoader(name, path)
        try:
            module = loader.create_module(ModuleSpec(name, loader, origin=path))
            loader.exec_module(module)
        except ImportError as error:
            raise ImportError(
                "TCSMS_LIBRARY names %s, which cannot be loaded as the native module of tcsms for Python (%s): name the "
                "file _native.abi3.so of an installed package, or unset it" % (path, error)) from None
    else:
        try:
            from tencentcloud.common import _native as module
        except ImportError as error:
            raise ImportError(
                "the native module of tcsms cannot be loaded (%s): the package has one for CPython 3.9 and newer on Linux "
                "x86-64, and this is %s %s on %s. Install it with pip for this platform, or let TCSMS_LIBRARY name the "
                "file" % (error, sys.implementation.name, sys.version.split()[0], sys.platform)) from None
    if module.version() != VERSION:
        raise ImportError(
            "the native module %s is of version %s, and the package is %s: install both anew" % (
                module.__file__, module.version(), VERSION))
    module.set_model(AbstractModel)
    return module


native = _load()
Failure = native.Failure

# The codes of what fails on this side, as the documented SDK has them.
_CODES = {
    "resolve": "ClientNetworkError",
    "connect": "ClientNetworkError",
    "proxy": "ClientNetworkError",
    "tls": "ClientNetworkError",
    "timeout": "ClientNetworkError",
    "network": "ClientNetworkError",
    "invalid_answer": "ServerNetworkError",
    "credential": "InvalidCredential",
    "invalid_request": "ClientParamsError",
    "config": "ClientError",
    "cancelled": "ClientError.Cancelled",
    "shut_down": "ClientError.ShutDown",
    "panic": "ClientError.Panic",
}


def exception(failure):
    """The SDK's exception for a failure of the native module."""
    told = failure.args[1]
    return _exception(told)


def exception_of(status, text):
    """The SDK's exception for a status and the JSON text of an error."""
    return _exception(native.decode(text))


def _exception(told):
    kind = told.get("kind")
    message, request_id = told.get("message"), told.get("requestId")
    if kind == "service":
        error = TencentCloudSDKException(told.get("code"), message, request_id)
        # What a person should know beside the service's own words stands at the end of the text.
        text = told.get("text") or ""
        known = "%s: %s%s" % (error.code, message, " (request id %s)" % request_id if request_id else "")
        if text.startswith(known):
            error._hint = text[len(known):]
    else:
        error = TencentCloudSDKException(_CODES.get(kind, "ClientError"), told.get("text") or message, request_id)
    error.kind = kind
    error.delivery = told.get("delivery")
    error.attempts = told.get("attempts") or 0
    error.retryable = bool(told.get("retryable"))
    error.traceId = told.get("traceId")
    error.step = told.get("step")
    error.endpoint = told.get("endpoint")
    error.httpStatus = told.get("httpStatus")
    return error


def local(code, kind, message):
    """An exception for what is wrong before anything is sent."""
    error = TencentCloudSDKException(code, message)
    error.kind, error.delivery = kind, "not_sent"
    return error


def unwritable(error, params):
    """The exception for parameters that cannot be written as JSON."""
    if isinstance(params, AbstractModel):
        try:
            params._serialize()
        except TencentCloudSDKException as found:
            return found
    return local("ClientParamsError", "invalid_request", "%s; nothing was sent" % error)


# ---------------------------------------------------------------- models

def shape_of(model):
    """How the native module reads answers of this class, or None for one of another package."""
    shape = model.__dict__.get("_shape")
    if shape is None:
        if "_members" not in model.__dict__:
            return None
        module = sys.modules[model.__module__]
        nested = {name: shape_of(getattr(module, held)) for name, (held, _) in model._nested.items()}
        shape = model._shape = native.Shape(model, list(model._members), nested)
    return shape


# ---------------------------------------------------------------- log lines

_logger = None
_log_level = 0


def tell_log():
    """Follows the level of the SDK's logger, and hands over the lines that wait. A program that does not use `logging`
    pays nothing for it."""
    global _logger, _log_level
    logging = sys.modules.get("logging")
    if _logger is None:
        if logging is None or not hasattr(logging, "NullHandler"):
            return
        _logger = logging.getLogger(LOGGER_NAME)
        if not _logger.handlers:
            _logger.addHandler(logging.NullHandler())
    enabled = _logger.isEnabledFor
    # Requests and answers, which the core has below its debug lines, are what DEBUG asks for here.
    level = 5 if enabled(10) else 3 if enabled(20) else 2 if enabled(30) else 1 if enabled(40) else 0
    if level != _log_level:
        _log_level = level
        native.set_log(_log_line, level)
    if level:
        for line in native.take_log():
            _log_line(*line)


# The core's levels, from errors to everything.
_PYTHON_LEVELS = (0, 40, 30, 20, 10, 10)


def _log_line(level, text):
    _logger.log(_PYTHON_LEVELS[level], "%s", text)


# ---------------------------------------------------------------- native clients

# By their settings and the environment they were made in: clients with the same settings share their connections.
_natives = {}
_MOST_NATIVES = 64
_natives_lock = _thread.allocate_lock()


def _renew_lock():
    """In a forked child nobody may be there to give the lock back."""
    global _natives_lock
    _natives_lock = _thread.allocate_lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


def native_of(settings):
    """The native client with these settings."""
    text = native.encode(settings)
    key = (text, tuple([item for item in os.environ.items() if _is_read(item[0])]))
    # Threads that call for the first time at once must not get a client each.
    with _natives_lock:
        client = _natives.pop(key, None)
        if client is None:
            try:
                client = native.Client(text)
            except Failure as failure:
                raise exception(failure) from None
            while len(_natives) >= _MOST_NATIVES:
                # Calls under way keep what they need.
                _natives.pop(next(iter(_natives)), None)
        _natives[key] = client
        return client


def _is_read(name):
    return name.startswith(("TCSMS_", "TENCENTCLOUD_", "TKE_")) or name.lower().endswith("_proxy") or name == "HOME"


def merged(settings, more):
    """Both, where `more` wins, member by member also in what they hold."""
    settings = dict(settings)
    for name, value in more.items():
        if value is None:
            settings.pop(name, None)
        elif isinstance(value, dict) and isinstance(settings.get(name), dict):
            settings[name] = {**settings[name], **value}
        else:
            settings[name] = value
    return settings


_CALL_OPTIONS = frozenset((
    "region", "language", "sign_method", "http_method", "unsigned_payload", "skip_sign", "trace_id", "idempotency_key",
    "idempotent", "retry"))


class Base(object):
    """What the clients of both kinds share."""

    _requestPath = '/'
    _params = {}
    _apiVersion = ''
    _endpoint = ''
    _service = ''
    _warms_up = True
    _sdkVersion = 'SDK_TCSMS_PYTHON_%s' % VERSION
    FMT = '%(asctime)s %(process)d %(filename)s L%(lineno)s %(levelname)s %(message)s'

    def _begin(self, credential, region, profile):
        self.credential = credential
        self.region = region
        if profile is None:
            from tencentcloud.common.profile.client_profile import ClientProfile
            profile = ClientProfile()
        self.profile = profile
        # The core leaves endpoints that fail by itself; there is no breaker to ask here.
        self.circuit_breaker = None
        self.request_client = self._named()
        # The state that `_native` was made for, the native client, and the retryer that runs here if there is one.
        self._made = (None, None, None)
        self._metas = {}

    def _named(self):
        name = getattr(self.profile, "request_client", None)
        return "%s; %s" % (self._sdkVersion, name) if name else self._sdkVersion

    def _native(self, endpoint=None):
        """The native client for the present settings, and the retryer that runs here, if any."""
        profile = self.profile
        http = profile.httpProfile
        credential = self.credential
        settings = getattr(profile, "settings", None)
        breaker = None if profile.disable_region_breaker else profile.region_breaker_profile
        state = (
            endpoint, type(credential), credential, self.region, profile.signMethod, profile.language,
            profile.unsignedPayload, profile.request_client, profile.retryer, self.request_client, http.scheme,
            http.protocol, http.endpoint, http.reqMethod, http.reqTimeout, http.proxy, http.rootDomain,
            http.certification, http.apigw_endpoint, native.encode(settings) if settings else None,
            tuple(vars(breaker).values()) if breaker is not None else profile.disable_region_breaker,
            _state_of(credential))
        made = self._made
        if made[0] != state:
            retry, here = _retry(profile.retryer)
            client = native_of(self._settings(endpoint, retry))
            made = self._made = (state, client, here)
            self._metas = {}
            if http.pre_conn_pool_size > 0 and self._warms_up:
                client.warm_up(int(http.pre_conn_pool_size))
        return made

    def _settings(self, endpoint, retry):
        """The settings in the words of the core."""
        profile = self.profile
        http = profile.httpProfile
        told = {"sdk": self._sdkVersion, "trace_ids": True, "service": self._service}
        if self.request_client != self._named():
            told["sdk"] = self.request_client
        elif profile.request_client:
            told["request_client"] = profile.request_client
        told.update(_credential_settings(self.credential))
        scheme = http.scheme if http.scheme != "https" else http.protocol or "https"
        scheme = scheme[:-3] if scheme.endswith("://") else scheme
        host = http.endpoint or endpoint
        if scheme.lower() != "https":
            told["allow_plain_http"] = True
            host = host or "%s.%s" % (self._service, http.rootDomain)
            if "://" not in host:
                host = "%s://%s" % (scheme.lower(), host)
        if host:
            told["endpoint"] = host
        if http.rootDomain != "tencentcloudapi.com":
            told["root_domain"] = http.rootDomain
        if http.apigw_endpoint:
            told["api_gateway"] = http.apigw_endpoint
        told["http_method"] = http.reqMethod
        told["sign_method"] = profile.signMethod
        if profile.language:
            told["language"] = profile.language
        if profile.unsignedPayload:
            told["unsigned_payload"] = True
        if self.region:
            told["region"] = self.region
        if http.proxy:
            told["proxy"] = http.proxy
        if http.certification is False:
            told["danger_accept_invalid_certificates"] = True
        elif isinstance(http.certification, str) and http.certification:
            told["ca_file"] = http.certification
        timeouts = _timeouts(http.reqTimeout)
        if timeouts:
            told["timeouts"] = timeouts
        if retry is not None:
            told["retry"] = retry
        if not profile.disable_region_breaker:
            breaker = profile.region_breaker_profile
            if breaker is None:
                from tencentcloud.common.profile.client_profile import RegionBreakerProfile
                breaker = profile.region_breaker_profile = RegionBreakerProfile()
            told["backup_endpoints"] = ["%s.%s" % (self._service, breaker.backup_endpoint)]
            told["breaker"] = {
                "failures": int(breaker.max_fail_num),
                "window_ms": _ms(breaker.window_interval),
                "pause_ms": _ms(breaker.timeout),
            }
        return merged(told, getattr(profile, "settings", None) or {})

    def _prepare(self, action, params, headers=None, options=None, typed=False):
        """All that a call needs: the native client, the retryer that runs here, its description, its body, its time."""
        if _logger is not None or "logging" in sys.modules:
            tell_log()
        if not headers and not options:
            _, client, here = self._native()
            credential = self._own_credential()
            if credential is None:
                meta = self._metas.get((action, typed))
                if meta is None:
                    meta = self._metas[action, typed] = native.encode(self._meta(action, typed))
                return client, here, meta, params, 0
        else:
            endpoint = options.get("Endpoint") if options else None
            if endpoint is not None:
                from urllib.parse import urlparse
                endpoint = urlparse(endpoint).hostname or endpoint
            _, client, here = self._native(endpoint)
            credential = self._own_credential()
        meta, timeout_ms = self._meta(action, typed), 0
        if headers:
            self._headers(meta, headers)
        if options:
            params, timeout_ms = self._options(meta, params, options)
        if credential is not None and not meta.get("skip_sign"):
            meta["credential"] = credential
        try:
            return client, here, native.encode(meta), params, timeout_ms
        except (TypeError, ValueError) as error:
            raise unwritable(error, None) from None

    def _meta(self, action, typed):
        meta = {"version": self._apiVersion, "action": action[0].upper() + action[1:]}
        if typed:
            meta["typed"] = True
        return meta

    @staticmethod
    def _headers(meta, headers):
        if not isinstance(headers, dict):
            raise local("ClientError", "invalid_request", "headers must be a dict.")
        told = {}
        for name, value in headers.items():
            if name.lower() == "x-tc-traceid":
                meta["trace_id"] = str(value)
            else:
                told[name] = value if isinstance(value, str) else str(value)
        if told:
            meta["headers"] = told

    @staticmethod
    def _options(meta, params, options):
        timeout_ms = 0
        for name, value in options.items():
            if name in _CALL_OPTIONS:
                if value is not None:
                    meta[name] = value
            elif name == "SkipSign":
                meta["skip_sign"] = bool(value)
            elif name == "IsOctetStream":
                meta["octets"] = bool(value)
            elif name == "timeout_ms":
                timeout_ms = int(value or 0)
            elif name not in ("IsMultipart", "BinaryParams", "Endpoint", "parameters", "parts", "stream"):
                raise local("ClientParamsError", "invalid_request",
                            "there is no option %r for a call; nothing was sent" % (name,))
        if meta.get("octets") and options.get("parameters"):
            meta["parameters"] = options["parameters"]
        if options.get("parts"):
            meta["parts"] = {name: _part(part) for name, part in options["parts"].items()}
        if options.get("IsMultipart"):
            if isinstance(params, AbstractModel):
                params = params._serialize()
            params = dict(params)
            parts = {}
            for name in options.get("BinaryParams") or [n for n, v in params.items() if isinstance(v, bytes)]:
                if params.get(name) is not None:
                    parts[name] = _part(params.pop(name))
            if not parts:
                raise local("ClientParamsError", "invalid_request",
                            "IsMultipart needs a binary parameter: name it in BinaryParams; nothing was sent")
            meta["parts"] = parts
        return params, timeout_ms

    def _own_credential(self):
        """The credential of this call, when a class of the user's own provides it."""
        credential = self.credential
        if credential is None or "_core" in type(credential).__dict__:
            return None
        if hasattr(credential, "get_credential_info"):
            secret_id, secret_key, token = credential.get_credential_info()
        else:
            secret_id, secret_key = credential.secret_id, credential.secret_key
            token = getattr(credential, "token", None)
        if not secret_id or not secret_key:
            raise local("InvalidCredential", "credential",
                        "%s gave no secret id or no secret key; nothing was sent" % type(credential).__name__)
        told = {"secret_id": secret_id, "secret_key": secret_key}
        if token:
            told["token"] = token
        return told

    def _get_service_domain(self):
        return self._service + "." + self.profile.httpProfile.rootDomain

    def _get_endpoint(self, options=None):
        return self.profile.httpProfile.endpoint or self._get_service_domain()

    def set_stream_logger(self, stream=None, level=10, log_format=None):
        """Has the SDK's log lines written to a stream.

        :param stream: Where to; standard error by default.
        :type stream: IO[str]
        :param level: From which level on; all by default, `logging.DEBUG`. Secrets and phone numbers are masked.
        :type level: int
        :param log_format: A format of `logging` for the lines.
        :type log_format: str
        """
        import logging
        _add_handler(logging.StreamHandler(stream), level, log_format or self.FMT)

    def set_file_logger(self, file_path, level=10, log_format=None):
        """Has the SDK's log lines written to a file, and to ten older ones when it reaches 512 MiB.

        :param file_path: The path of the file.
        :type file_path: str
        :param level: From which level on; all by default, `logging.DEBUG`. Secrets and phone numbers are masked.
        :type level: int
        :param log_format: A format of `logging` for the lines.
        :type log_format: str
        """
        from logging.handlers import RotatingFileHandler
        _add_handler(RotatingFileHandler(file_path, maxBytes=512 << 20, backupCount=10), level, log_format or self.FMT)

    def set_default_logger(self):
        """Takes back what :meth:`set_stream_logger` and :meth:`set_file_logger` did."""
        import logging
        logger = logging.getLogger(LOGGER_NAME)
        for handler in logger.handlers:
            handler.close()
        logger.handlers = [logging.NullHandler()]
        logger.setLevel(logging.NOTSET)


def _add_handler(handler, level, log_format):
    import logging
    logger = logging.getLogger(LOGGER_NAME)
    logger.setLevel(level)
    handler.setLevel(level)
    handler.setFormatter(logging.Formatter(log_format))
    logger.addHandler(handler)


def _state_of(credential):
    core = type(credential).__dict__.get("_core")
    return None if core is None else core(credential)


def _credential_settings(credential):
    core = type(credential).__dict__.get("_core")
    if core is None:
        return {"credential_per_call": True}
    return dict(core(credential))


def _retry(retryer):
    """The retry settings of the core for a retryer, and the retryer itself when it has to run here."""
    if retryer is None:
        return None, None
    setting = type(retryer).__dict__.get("_core")
    setting = setting(retryer) if setting is not None else None
    return ({"policy": "never"}, retryer) if setting is None else (setting, None)


def _part(value):
    if isinstance(value, str):
        return value
    import base64
    return {"base64": base64.b64encode(bytes(value)).decode()}


def _ms(seconds):
    return int(seconds * 1000)


def _timeouts(told):
    """`reqTimeout` in the words of the core."""
    connect, attempt = told if isinstance(told, tuple) else (None, told)
    timeouts = {}
    if connect is not None:
        timeouts["connect_ms"] = _ms(connect)
    if attempt is not None:
        timeouts["attempt_ms"] = _ms(attempt)
        if attempt > 60:
            timeouts["total_ms"] = 2 * _ms(attempt)
        if connect is None and attempt < 10:
            timeouts["connect_ms"] = _ms(attempt)
    return timeouts
