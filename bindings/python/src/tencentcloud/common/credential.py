"""Who calls. Every credential that is fetched is fetched, kept and renewed by the core, for the whole process."""

import os

from tencentcloud.common import _core
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

# What the documented SDK offers here too; imported when it is used, because they import each other.
_LATER = {
    "CommonClient": "tencentcloud.common.common_client",
    "HttpProfile": "tencentcloud.common.profile.http_profile",
    "ClientProfile": "tencentcloud.common.profile.client_profile",
}


def __getattr__(name):
    if name in _LATER:
        from importlib import import_module
        value = globals()[name] = getattr(import_module(_LATER[name]), name)
        return value
    raise AttributeError("module %r has no attribute %r" % (__name__, name))


def __dir__():
    return sorted(set(globals()).union(_LATER))


class Credential(object):
    """A key pair.

    :param secret_id: Its id.
    :type secret_id: str
    :param secret_key: Its key.
    :type secret_key: str
    :param token: The session token, when the pair is a temporary one.
    :type token: str
    """

    def __init__(self, secret_id, secret_key, token=None):
        self.secret_id = _checked("secret id", secret_id)
        self.secret_key = _checked("secret key", secret_key)
        self.token = token

    @property
    def secretId(self):
        """The id."""
        return self.secret_id

    @property
    def secretKey(self):
        """The key."""
        return self.secret_key

    def get_credential_info(self):
        """The id, the key and the token."""
        return self.secret_id, self.secret_key, self.token

    def _core(self):
        told = {"secret_id": self.secret_id, "secret_key": self.secret_key}
        if self.token:
            told["token"] = self.token
        return told


def _checked(what, value):
    if value is None or value.strip() == "":
        raise TencentCloudSDKException("InvalidCredential", "%s is empty; %s should not be none or empty" % (what, what))
    if value.strip() != value:
        raise TencentCloudSDKException("InvalidCredential", "%s should not contain spaces: there is a blank at its beginning or end" % what)
    return value


class _Fetched(object):
    """A credential that the core fetches."""

    def _core(self):
        raise NotImplementedError

    def _fetch(self):
        settings = {"sdk": "SDK_TCSMS_PYTHON_%s" % _core.VERSION}
        settings.update(type(self)._core(self))
        try:
            told = _core.native_of(settings).credential()
        except _core.Failure as failure:
            raise _core.exception(failure) from None
        return told["secret_id"], told["secret_key"], told.get("token")

    def get_credential_info(self):
        """The present id, key and token, which belong together."""
        return self._fetch()

    @property
    def secretId(self):
        """The present id."""
        return self._fetch()[0]

    @property
    def secret_id(self):
        """The present id."""
        return self._fetch()[0]

    @property
    def secretKey(self):
        """The present key."""
        return self._fetch()[1]

    @property
    def secret_key(self):
        """The present key."""
        return self._fetch()[1]

    @property
    def token(self):
        """The present session token."""
        return self._fetch()[2]


class CVMRoleCredential(_Fetched):
    """The role of the cloud server that the program runs on.

    :param role_name: The name of the role; without one the server's metadata is asked.
    :type role_name: str
    """

    def __init__(self, role_name=None):
        self.role = role_name

    def get_role_name(self):
        """The name of the role, or None as long as nobody has set it: the core asks for it by itself."""
        return self.role

    def update_credential(self):
        """Fetches the credential if that is due."""
        self._fetch()

    def get_credential(self):
        """This credential, or None where there is no such role."""
        return _if_there(self)

    def _core(self):
        return {"cvm_role": {"role": self.role} if self.role else {}}


class STSAssumeRoleCredential(_Fetched):
    """A role assumed through STS.

    :param secret_id: The id of the key pair that may assume it.
    :type secret_id: str
    :param secret_key: The key of the pair.
    :type secret_key: str
    :param role_arn: The role's resource name.
    :type role_arn: str
    :param role_session_name: The name under which the role's acts are recorded.
    :type role_session_name: str
    :param duration_seconds: How long each credential lasts, at most 43200.
    :type duration_seconds: int
    :param endpoint: The host of STS, `sts.tencentcloudapi.com` by default.
    :type endpoint: str
    """

    def __init__(self, secret_id, secret_key, role_arn, role_session_name, duration_seconds=7200, endpoint=None):
        self._long_secret_id = secret_id
        self._long_secret_key = secret_key
        self._role_arn = role_arn
        self._role_session_name = role_session_name
        self._duration_seconds = duration_seconds
        self._endpoint = endpoint

    def get_sts_tmp_role_arn(self):
        """Fetches the credential if that is due."""
        self._fetch()

    def _core(self):
        role = {"role_arn": self._role_arn, "duration_seconds": self._duration_seconds}
        if self._role_session_name:
            role["session_name"] = self._role_session_name
        if self._endpoint:
            role["endpoint"] = self._endpoint
        return {
            "secret_id": self._long_secret_id,
            "secret_key": self._long_secret_key,
            "assume_role": role,
        }


class EnvironmentVariableCredential(object):
    """The key pair in `TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY`, and its `TENCENTCLOUD_SESSION_TOKEN` if
    it is a temporary one."""

    def get_credential(self):
        """A :class:`Credential`, or None when the variables are not set."""
        self.secret_id = os.environ.get("TENCENTCLOUD_SECRET_ID")
        self.secret_key = os.environ.get("TENCENTCLOUD_SECRET_KEY")
        if not self.secret_id or not self.secret_key:
            return None
        return Credential(self.secret_id, self.secret_key, os.environ.get("TENCENTCLOUD_SESSION_TOKEN") or None)


class _Profile(_Fetched):
    def _core(self):
        return {"credential_chain": ["profile"]}


class ProfileCredential(object):
    """The key pair of the credentials file: `TENCENTCLOUD_CREDENTIALS_FILE`, `~/.tencentcloud/credentials` or
    `/etc/tencentcloud/credentials`, section `default`."""

    def get_credential(self):
        """A :class:`Credential`, or None when there is no such file or it holds none."""
        self.secret_id = self.secret_key = self.role_arn = None
        try:
            self.secret_id, self.secret_key, token = _Profile()._fetch()
        except TencentCloudSDKException:
            return None
        return Credential(self.secret_id, self.secret_key, token)


class DefaultCredentialProvider(object):
    """Finds the credential: in the environment, in the credentials file, as the role of the cloud server, as the role of
    the pod. It may also be given to a client as it is; then the core looks for it at the first call."""

    def __init__(self):
        self.cred = None

    def get_credential(self):
        """As :meth:`get_credentials`."""
        return self.get_credentials()

    def get_credentials(self):
        """The first that is there, the same one every time.

        :raises TencentCloudSDKException: when there is none.
        """
        if self.cred is None:
            self.cred = (
                EnvironmentVariableCredential().get_credential()
                or ProfileCredential().get_credential()
                or CVMRoleCredential().get_credential()
                or _of_pod())
        if self.cred is None:
            raise TencentCloudSDKException(
                "ClientSideError",
                "no valid credential: neither the environment nor a credentials file nor a role of this server or pod "
                "has one")
        return self.cred

    def _core(self):
        return {}


class DefaultTkeOIDCRoleArnProvider(object):
    """The role of the pod, as a TKE cluster tells it by `TKE_ROLE_ARN`, `TKE_PROVIDER_ID`,
    `TKE_WEB_IDENTITY_TOKEN_FILE` and `TKE_REGION`."""

    def get_credential(self):
        """As :meth:`get_credentials`."""
        return self.get_credentials()

    def get_credentials(self):
        """An :class:`OIDCRoleArnCredential`.

        :raises EnvironmentError: when a variable is not set.
        """
        told = {}
        for name in ("TKE_REGION", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE", "TKE_ROLE_ARN"):
            told[name] = os.environ.get(name)
            if not told[name]:
                raise EnvironmentError("%s not exist" % name)
        credential = OIDCRoleArnCredential(told["TKE_REGION"], told["TKE_PROVIDER_ID"], None, told["TKE_ROLE_ARN"], None)
        # The cluster replaces the file; it is read at every fetch.
        credential._token_file = told["TKE_WEB_IDENTITY_TOKEN_FILE"]
        return credential

    def _core(self):
        return {"credential_chain": ["web_identity"]}


class OIDCRoleArnCredential(_Fetched):
    """A role that an identity provider's token assumes through STS.

    :param region: The region of STS.
    :type region: str
    :param provider_id: The identity provider that the role trusts.
    :type provider_id: str
    :param web_identity_token: The token.
    :type web_identity_token: str
    :param role_arn: The role's resource name.
    :type role_arn: str
    :param role_session_name: The name under which the role's acts are recorded.
    :type role_session_name: str
    :param duration_seconds: How long each credential lasts, at most 43200.
    :type duration_seconds: int
    :param endpoint: The host of STS, `sts.tencentcloudapi.com` by default.
    :type endpoint: str
    """

    _token_file = None

    def __init__(self, region, provider_id, web_identity_token, role_arn, role_session_name, duration_seconds=7200,
                 endpoint=None):
        self._region = region
        self._provider_id = provider_id
        self._web_identity_token = web_identity_token
        self._role_arn = role_arn
        self._role_session_name = role_session_name
        self._duration_seconds = duration_seconds
        self._endpoint = endpoint

    @property
    def endpoint(self):
        """The host of STS, or None for the usual one."""
        return self._endpoint

    @endpoint.setter
    def endpoint(self, endpoint):
        self._endpoint = endpoint

    def refresh(self):
        """Fetches the credential if that is due."""
        self._fetch()

    def _core(self):
        role = {
            "role_arn": self._role_arn,
            "provider_id": self._provider_id,
            "duration_seconds": self._duration_seconds,
        }
        if self._token_file:
            role["token_file"] = self._token_file
        else:
            role["token"] = self._web_identity_token
        if self._role_session_name:
            role["session_name"] = self._role_session_name
        if self._region:
            role["region"] = self._region
        if self._endpoint:
            role["endpoint"] = self._endpoint
        return {"web_identity": role}


def _if_there(credential):
    try:
        return credential if all(credential.get_credential_info()) else None
    except TencentCloudSDKException:
        return None


def _of_pod():
    try:
        return DefaultTkeOIDCRoleArnProvider().get_credentials()
    except EnvironmentError:
        return None
