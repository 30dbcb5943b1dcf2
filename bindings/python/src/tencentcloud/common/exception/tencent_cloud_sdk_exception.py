"""The exception that every failure of a call is raised as."""


class TencentCloudSDKException(Exception):
    """A call failed, or could not be made.

    :ivar code: The service's code, such as `FailedOperation.SignatureIncorrectOrUnapproved`; for what failed on the way
        one of `ClientNetworkError` (no connection, or no answer in time), `ServerNetworkError` (what came is no answer of
        the API), `InvalidCredential`, `ClientParamsError` (the request cannot be written), `ClientError` (the settings
        cannot be used).
    :ivar message: What happened, for a person.
    :ivar requestId: The id of the request, by which support finds the call; None when the service did not answer.
    :ivar kind: What failed: `service`, or `config`, `credential`, `invalid_request`, `resolve`, `connect`, `proxy`,
        `tls`, `timeout`, `network`, `invalid_answer`, `cancelled`, `shut_down`, `panic`. None when a program made the
        exception itself.
    :ivar delivery: Whether the service may have acted: `not_sent`, `maybe_sent` or `answered`. An SMS that is
        `maybe_sent` may be on its way: look before sending it again.
    :ivar attempts: How often the request was sent, or tried to be.
    :ivar retryable: Whether the same call may succeed later, and repeating it does no harm.
    :ivar traceId: The id that the call was traced under.
    :ivar step: Where it failed: `resolve`, `connect`, `proxy`, `tls`, `write`, `wait` or `read`; None elsewhere.
    :ivar endpoint: The host and port of the last attempt.
    :ivar httpStatus: The HTTP status of what came in place of an answer.
    """

    kind = None
    delivery = None
    attempts = 0
    retryable = False
    traceId = None
    step = None
    endpoint = None
    httpStatus = None
    _hint = ""

    def __init__(self, code=None, message=None, requestId=None):
        self.code = code
        self.message = message
        self.requestId = requestId

    def __str__(self):
        return "[TencentCloudSDKException] code:%s message:%s requestId:%s%s" % (
            self.code, self.message, self.requestId, self._hint)

    def get_code(self):
        """The code."""
        return self.code

    def get_message(self):
        """The message."""
        return self.message

    def get_request_id(self):
        """The id of the request, or None."""
        return self.requestId
