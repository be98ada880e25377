"""How the command that tries again is put together: the same arguments, quoted, without secrets."""

from __future__ import annotations

import shlex

import pytest

PLAYBOOK = "playbooks/site.yml"
MADE = [".venv/bin/ansible-playbook", "--inventory", "inventories/embedded", PLAYBOOK]


@pytest.fixture(scope="module")
def plugin(load_plugin):
    return load_plugin("plugin_utils/command_line")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("notebook_token=hunter2", "notebook_token=…"),
        ("a=1 db_password='hunter 2' b=2", "a=1 db_password=… b=2"),
        ('secret="hunter \\"2\\""', "secret=…"),
        ("PASSWORD=hun,ter2}", "PASSWORD=…"),
        ('{"api_token": "hunter2", "a": 1}', '{"api_token": …, "a": 1}'),
        ('{"secrets": {"a": ["hunter2"]}}', '{"secrets": …'),
        ("{my_passwd: hunter 2, a: 1}", "{my_passwd: …, a: 1}"),
        ("lab_webhook=https://chat.example.org/hooks/hunter2 a=1", "lab_webhook=… a=1"),
        ('{"lab_webhook": "https://chat.example.org/hooks/hunter2"}', '{"lab_webhook": …}'),
        ("--extra-vars=token=hunter2", "--extra-vars=token=…"),
        ("-etoken=hunter2", "-etoken=…"),
        ("--vault-password-file=keys/lab", "--vault-password-file=keys/lab"),
        ("@secrets.yml", "@secrets.yml"),
        ("lab_kafka_profile=compact", "lab_kafka_profile=compact"),
    ],
)
def test_values_of_secret_variables_are_hidden(plugin, given, shown):
    assert plugin.without_secrets(given) == shown


def test_a_verb_of_make_is_repeated_as_such(plugin):
    assert plugin.again(MADE, [PLAYBOOK], "lab") == "make lab"


def test_its_arguments_survive_shell_make_and_shell(plugin):
    given = ["-e", "x=it's $HOME", "--limit", "attendee2"]
    words = shlex.split(plugin.again([*MADE, *given], [PLAYBOOK], "lab"))
    assert words[:2] == ["make", "lab"]
    name, _, value = words[2].partition("=")
    assert name == "ARGS"
    assert shlex.split(value.replace("$$", "$")) == given


def test_another_inventory_is_named_to_make(plugin):
    argv = [MADE[0], "--inventory", "inventories/kubernetes", PLAYBOOK, "--check"]
    assert plugin.again(argv, [PLAYBOOK], "lab") == "make lab INVENTORY=inventories/kubernetes ARGS=--check"


@pytest.mark.parametrize("tags", [["--tags", "a,b"], ["-t", "a"], ["--tags=a"], ["-ta"]])
def test_one_step_alone_takes_the_place_of_the_tags(plugin, tags):
    argv = ["/opt/venv/bin/ansible-playbook", PLAYBOOK, *tags, "--limit", "attendee2"]
    expected = f"ansible-playbook {PLAYBOOK} --limit attendee2 --tags notebook"
    assert plugin.again(argv, [PLAYBOOK], only_tag="notebook") == expected


@pytest.mark.parametrize("limit", [["--limit", "a,b"], ["-l", "a"], ["--limit=@file"], []])
def test_one_host_alone_takes_the_place_of_the_limit(plugin, limit):
    argv = ["ansible-playbook", PLAYBOOK, *limit, "--tags", "notebook"]
    expected = f"ansible-playbook {PLAYBOOK} --tags notebook --limit attendee2"
    assert plugin.again(argv, [PLAYBOOK], only_host="attendee2") == expected
