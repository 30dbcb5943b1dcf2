"""The base of requests, answers and what they hold."""

_NOT_PARAMETERS = ("_headers", "_options")


class AbstractModel(object):
    """The base of requests, answers and what they hold.

    Every parameter is a property under its name in the API; None stands for one that is not set, and is not sent.
    """

    # The parameters in the order of their definition, and of those that are structures the class and whether there is a
    # list of them. Models of other packages have neither, and read answers themselves.
    _members = ()
    _nested = {}
    _headers = None
    _options = None

    @property
    def headers(self):
        """Headers of the one request, by name; `X-TC-TraceId` names the call."""
        return self._headers

    @headers.setter
    def headers(self, headers):
        self._headers = headers

    @property
    def options(self):
        """Options of the one call by their names: `timeout_ms` for the whole call, and in place of the client's own
        `region`, `language`, `sign_method`, `http_method`, `unsigned_payload`, `skip_sign`, `retry`; `trace_id`,
        `idempotency_key`, `idempotent`."""
        return self._options

    @options.setter
    def options(self, options):
        self._options = options

    def _serialize(self, allow_none=False):
        told = {}
        for attribute, value in vars(self).items():
            if attribute in _NOT_PARAMETERS:
                continue
            if attribute[0] != "_":
                raise unknown(self, attribute)
            if isinstance(value, AbstractModel):
                value = value._serialize(allow_none)
            elif isinstance(value, (list, tuple)):
                value = [item._serialize(allow_none) if isinstance(item, AbstractModel) else item for item in value]
            if allow_none or value is not None:
                told[attribute[1].upper() + attribute[2:]] = value
        return told

    def _deserialize(self, params):
        # The service adds members to its answers as it likes; in a request such a name is a slip.
        self._take(params, not type(self).__name__.endswith("Response"))

    def _take(self, params, warns):
        for name in self._members:
            value = params.get(name)
            nested = self._nested.get(name)
            if nested is not None and value is not None:
                value = self._read(nested[0], value, warns)
            setattr(self, "_" + name, value)
        useless = set(params).difference(self._members) if warns else None
        if useless:
            import warnings
            warnings.warn("%s has no %s: left out." % (type(self).__name__, ", ".join(sorted(map(str, useless)))),
                          stacklevel=4)

    def _read(self, name, value, warns):
        import sys
        if isinstance(value, list):
            return [self._read(name, item, warns) for item in value]
        owner = next(known for known in type(self).__mro__ if "_nested" in vars(known))
        model = getattr(sys.modules[owner.__module__], name)()
        model._take(value, warns)
        return model

    def to_json_string(self, *args, **kwargs):
        """The parameters as JSON text, those that are not set as null. Takes the arguments of `json.dumps`."""
        import json
        kwargs.setdefault("ensure_ascii", False)
        return json.dumps(self._serialize(allow_none=True), *args, **kwargs)

    def from_json_string(self, jsonStr):
        """Sets all parameters to those of a JSON text; a name that there is no parameter of is warned about.

        :param jsonStr: A JSON object.
        :type jsonStr: str
        """
        import json
        self._deserialize(json.loads(jsonStr))

    def __repr__(self):
        return "%s" % self.to_json_string()


def unknown(model, attribute):
    """The exception for an attribute that was set on a model and is none of its parameters."""
    from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
    import difflib
    known = [name for name in dir(type(model)) if name[0] != "_"]
    near = difflib.get_close_matches(attribute, known, 1)
    error = TencentCloudSDKException(
        "ClientParamsError",
        "%s has no parameter %s%s; nothing was sent" % (
            type(model).__name__, attribute, ": is %s meant?" % near[0] if near else ""))
    error.kind, error.delivery = "invalid_request", "not_sent"
    return error
