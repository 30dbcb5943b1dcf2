from typing import Any, Dict, Optional

class AbstractModel(object):
    headers: Optional[Dict[str, str]]
    options: Optional[Dict[str, Any]]
    def to_json_string(self, *args: Any, **kwargs: Any) -> str: ...
    def from_json_string(self, jsonStr: str) -> None: ...
