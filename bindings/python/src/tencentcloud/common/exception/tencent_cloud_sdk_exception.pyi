from typing import Optional

class TencentCloudSDKException(Exception):
    code: Optional[str]
    message: Optional[str]
    requestId: Optional[str]
    kind: Optional[str]
    delivery: Optional[str]
    attempts: int
    retryable: bool
    traceId: Optional[str]
    step: Optional[str]
    endpoint: Optional[str]
    httpStatus: Optional[int]
    def __init__(
        self, code: Optional[str] = None, message: Optional[str] = None, requestId: Optional[str] = None
    ) -> None: ...
    def get_code(self) -> Optional[str]: ...
    def get_message(self) -> Optional[str]: ...
    def get_request_id(self) -> Optional[str]: ...
