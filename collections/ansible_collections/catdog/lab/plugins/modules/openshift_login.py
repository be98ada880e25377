#!/usr/bin/python
"""Logs in to OpenShift, as `oc login` does, into a kubeconfig of its own."""

from __future__ import annotations

DOCUMENTATION = r"""
module: openshift_login
short_description: Log in to OpenShift by user and password, or by a token
description:
  - Gets a token of OpenShift's OAuth server, by the package C(openshift), and writes a kubeconfig with it that only its
    owner can read. A login of the same user that is there and still holds is left as it is.
  - A file that is there and holds anything else than one login by a token is not replaced. The module fails.
  - The password is kept nowhere.
options:
  api: {description: 'Address of the API server, as C(oc login) takes it.', type: str, required: true}
  username: {description: The user. Empty with a token., type: str, default: ''}
  password: {description: The user's password., type: str, default: ''}
  token: {description: A token instead of user and password., type: str, default: ''}
  ca: {description: File of authorities (PEM) of API and OAuth server. Empty for this machine's., type: path}
  kubeconfig: {description: File that is written., type: path, required: true}
attributes:
  check_mode: {support: full}
author: [catdog-lab]
"""

EXAMPLES = r"""
- catdog.lab.openshift_login:
    api: https://api.cluster.example.org:6443
    username: teacher
    password: "{{ lab_openshift_password }}"
    kubeconfig: ~/lab/kubeconfig
"""

RETURN = r"""
user: {description: Who is logged in. Empty in check mode where somebody would be., type: str, returned: success}
hours: {description: 'For how long the new token holds; 0 where that is not known.', type: float, returned: success}
"""

import json
from pathlib import Path
from urllib.error import HTTPError

import yaml
from ansible.module_utils import urls
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.catdog.lab.plugins.module_utils.cluster_errors import file_at_fault
from ansible_collections.catdog.lab.plugins.module_utils.kubeconfig_file import kubeconfig, write
from ansible_collections.catdog.lab.plugins.module_utils.url_errors import reason

ASK_SECONDS = 30
WHO = "apis/user.openshift.io/v1/users/~"


class LoginError(Exception):
    """Why nobody is logged in, and what to do."""


class OpenShift:
    """An API server, by its address and the file of authorities, or None for this machine's."""

    def __init__(self, api: str, ca: str | None) -> None:
        self.api, self.ca = api.rstrip("/"), ca

    def user(self, token: str) -> str:
        """Whose token this is; empty where it does not hold (any more). Raises LoginError, OSError."""
        headers = {"Authorization": f"Bearer {token}"}
        try:
            answer = urls.open_url(f"{self.api}/{WHO}", headers=headers, ca_path=self.ca, timeout=ASK_SECONDS)
        except HTTPError as error:
            if error.code == 401:
                return ""
            if error.code == 404:
                raise LoginError(
                    f"{self.api} is no OpenShift: it has no users. Take inventories/kubernetes, with a kubeconfig."
                ) from error
            raise
        return str(json.load(answer)["metadata"]["name"])

    def token(self, username: str, password: str) -> tuple[str, float]:
        """A new token of this user, and for how many seconds it holds. Raises LoginError."""
        from openshift.helper.userpassauth import OCPLoginConfiguration, OCPLoginRequestException

        login = OCPLoginConfiguration(host=self.api, ocp_username=username, ocp_password=password)
        login.ssl_ca_cert = self.ca
        try:
            login.get_token()
        except OCPLoginRequestException as error:
            status = error.req_info.get("req_status_code")
            if status in (401, 403) and "well-known" not in str(error.req_info.get("req_url")):
                raise LoginError(
                    f"OpenShift refuses the user {username}. Look at lab_openshift_username and "
                    "lab_openshift_password; where people log in at another place (GitHub, a company's), take a token: "
                    "oc whoami --show-token."
                ) from error
            raise LoginError(
                f"{error.msg.rstrip('.')} (HTTP {status} at {error.req_info.get('req_url')}). Is {self.api} the "
                "address of OpenShift's API (lab_openshift_api)? `oc whoami --show-server` says it."
            ) from error
        return login.token["access_token"], float(login.token.get("expires_in", 0))


def kept_token(kubeconfig: Path, api: str) -> str:
    """The token of a kubeconfig that leads to this API; empty where there is none.

    Raises LoginError for a file of another form, which is somebody's and would be lost, and OSError for one that cannot
    be read.
    """
    try:
        text = kubeconfig.read_text()
        if not text.strip():
            return ""
        content = yaml.safe_load(text)
        [cluster], [user] = content["clusters"], content["users"]
        server, token = cluster["cluster"]["server"], user["user"]["token"]
    except FileNotFoundError:
        return ""
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise LoginError(
            f"{kubeconfig} is no kubeconfig of one cluster and one user with a token, as a login writes it, and is not "
            "replaced. Give lab_kubeconfig another path."
        ) from error
    return token if server == api.rstrip("/") else ""


def run(module: AnsibleModule) -> None:
    given = module.params
    openshift, place = OpenShift(given["api"], given["ca"]), Path(given["kubeconfig"])
    kept, seconds = kept_token(place, given["api"]), 0.0
    user = openshift.user(kept) if kept and kept == (given["token"] or kept) else ""
    if user and user == (given["username"] or user):
        module.exit_json(changed=False, user=user, hours=0.0)
    if module.check_mode:
        module.exit_json(changed=True, user="", hours=0.0)
    token = given["token"]
    if not token:
        token, seconds = openshift.token(given["username"], given["password"])
    user = openshift.user(token)
    if not user:
        raise LoginError(
            "The token is not valid (any more). Take another one (lab_openshift_token): oc whoami --show-token."
        )
    cluster = {"server": openshift.api} | ({"certificate-authority": openshift.ca} if openshift.ca else {})
    place.parent.mkdir(parents=True, exist_ok=True)
    write(module, place, kubeconfig(cluster, user, token, "openshift"))
    module.exit_json(changed=True, user=user, hours=round(seconds / 3600, 1))


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "api": {"type": "str", "required": True},
            "username": {"type": "str", "default": ""},
            "password": {"type": "str", "default": "", "no_log": True},
            "token": {"type": "str", "default": "", "no_log": True},
            "ca": {"type": "path"},
            "kubeconfig": {"type": "path", "required": True},
        },
        supports_check_mode=True,
    )
    try:
        run(module)
    except ImportError as error:
        module.fail_json(msg=f"The Python package {error.name} is missing: run `make setup`.")
    except LoginError as error:
        module.fail_json(msg=str(error))
    except (OSError, urls.ConnectionError) as error:  # those of `requests`, which the package uses, are OSErrors
        if at_fault := file_at_fault(error):
            module.fail_json(msg=at_fault)
        why = reason(error)
        trust = "Set lab_openshift_ca to a file of the authorities (PEM) of API and OAuth server."
        fix = trust if "certificate verify failed" in why else "Check lab_openshift_api, network and proxy."
        module.fail_json(msg=f"{module.params['api']} cannot be used: {why.rstrip('.')}. {fix}")


if __name__ == "__main__":
    main()
